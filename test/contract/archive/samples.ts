import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
  encodeEventArray,
  type Blob,
  type RunRow,
  type SpanRow,
  type TraceId,
} from '@spantail/protocol';
import type { ArchivedSpan, LogEntry, RunCommit, StreamName } from 'spantail';

export const WHOLE = { after: '0-0', maxEntries: 100_000, maxBytes: 1e9 };

export function newTrace(): TraceId {
  return randomBytes(16).toString('hex');
}

export function newSpan(): string {
  return randomBytes(8).toString('hex');
}

export function streamOf(traceId: TraceId, project = 'default'): StreamName {
  return { project, streamId: traceId };
}

/** A finished run without spans, unless told otherwise. */
export function runRow(traceId: TraceId, rest: Partial<RunRow> = {}): RunRow {
  return {
    traceId,
    name: 'run',
    status: 'ok',
    startUs: 1_000_000,
    lastActivityUs: 3_000_000,
    spanCount: 0,
    openCount: 0,
    errorCount: 0,
    lostCount: 0,
    eventCount: 0,
    models: [],
    tags: [],
    dropped: { events: 0, updates: 0, payloads: 0 },
    ...rest,
  };
}

/** A closed span, unless told otherwise. */
export function spanRow(traceId: TraceId, rest: Partial<SpanRow> = {}): SpanRow {
  return {
    traceId,
    spanId: newSpan(),
    name: 'span',
    type: 'step',
    state: 'closed',
    status: 'ok',
    startUs: 1_000_000,
    endUs: 2_000_000,
    durationUs: 1_000_000,
    attributes: {},
    outputText: '',
    logs: [],
    links: [],
    ...rest,
  };
}

/** A span that is found by its name, unless told otherwise. */
export function archived(row: SpanRow, searchText = row.name): ArchivedSpan {
  return { row, searchText };
}

export function blobOf(bytes: Uint8Array): Blob {
  const hash = createHash('sha256').update(bytes).digest();
  // No `Buffer`, as a log gives it.
  return { ref: new Uint8Array(hash.subarray(0, 16)), bytes: new Uint8Array(bytes) };
}

/** An entry with one event of some bytes, which say who wrote it. */
export function entryOf(position: string, rest: Partial<LogEntry> = {}): LogEntry {
  const events = rest.events ?? encodeEventArray([Buffer.from(`event at ${position}`)]);
  return {
    position,
    producer: 'p',
    number: 1,
    fin: false,
    count: 1,
    check: crc32(events).toString(16).padStart(8, '0'),
    blobRefs: [],
    ...rest,
    // Of its own, and no `Buffer`, as a log gives it.
    events: new Uint8Array(events),
  };
}

/** Entries `<ms>-0` with growing numbers. */
export function entriesFrom(firstMs: number, count: number, bytes = 0): LogEntry[] {
  return Array.from({ length: count }, (_, i) => {
    const events = bytes === 0 ? {} : { events: encodeEventArray([randomBytes(bytes)]) };
    return entryOf(`${firstMs + i}-0`, { number: i + 1, ...events });
  });
}

/** What a visit adds that read these entries: the run's first, and its last, unless told otherwise. */
export function commitOf(
  traceId: TraceId,
  entries: LogEntry[],
  rest: Partial<RunCommit> = {},
): RunCommit {
  return {
    ...streamOf(traceId),
    expected: undefined,
    position: { epoch: 'e1', position: entries.at(-1)?.position ?? '1-0' },
    entries,
    blobs: [],
    run: runRow(traceId),
    spans: [],
    ended: true,
    ...rest,
  };
}
