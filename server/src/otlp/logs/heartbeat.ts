import type { OtelSpan } from '@spantail/protocol';
import { readTracesJson } from '../json/read-traces.ts';
import type { SpanLogRecord } from '../request.ts';

/**
 * Heartbeats (G-Research's `otel-partial` processors): a log record every few seconds whose body is
 * the span, open, as a text of OTLP/JSON. What is none, or cannot be read, is left in `rest`.
 */
export function openSpansOf(records: readonly SpanLogRecord[]): {
  snapshots: OtelSpan[];
  rest: SpanLogRecord[];
} {
  const snapshots: OtelSpan[] = [];
  const rest: SpanLogRecord[] = [];
  for (const record of records) {
    const { 'partial.event': kind, body } = record.event.attributes;
    // Its last one says that the span is over, which the span itself says, too.
    if (kind === 'stop') continue;
    const spans = kind === 'heartbeat' ? spansIn(body) : undefined;
    if (spans === undefined) rest.push(record);
    else snapshots.push(...spans);
  }
  return { snapshots, rest };
}

function spansIn(body: unknown): OtelSpan[] | undefined {
  if (typeof body !== 'string') return undefined;
  try {
    const { spans } = readTracesJson(JSON.parse(body));
    return spans.map(({ endUs: _endUs, ...open }) => open);
  } catch {
    return undefined;
  }
}
