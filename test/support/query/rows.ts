import type { RunRow, SpanRow } from '@spantail/protocol';

/** A span with hardly anything, and what the test is about. */
export function spanRow(rest: Partial<SpanRow> = {}): SpanRow {
  return {
    traceId: 'a1'.repeat(16),
    spanId: 'b1'.repeat(8),
    name: 'step',
    type: 'step',
    state: 'closed',
    status: 'ok',
    attributes: {},
    outputText: '',
    logs: [],
    links: [],
    ...rest,
  };
}

/** A run with hardly anything, and what the test is about. */
export function runRow(rest: Partial<RunRow> = {}): RunRow {
  return {
    traceId: 'a1'.repeat(16),
    name: 'run',
    status: 'ok',
    startUs: 1_000_000,
    lastActivityUs: 2_000_000,
    spanCount: 1,
    openCount: 0,
    errorCount: 0,
    lostCount: 0,
    eventCount: 2,
    models: [],
    tags: [],
    dropped: { events: 0, updates: 0, payloads: 0 },
    ...rest,
  };
}
