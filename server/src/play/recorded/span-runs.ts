import {
  toSpanEvents,
  type Attributes,
  type OtelSpan,
  type SpanEvents,
  type SpanId,
  type TimeUs,
} from '@spantail/protocol';
import type { JsonValue, RecordedAction, RecordedRun, SpanKey } from './action.ts';
import { orderActions } from './order.ts';
import { parentsFirst } from './parents-first.ts';

/** A span as a file has it, whole: its events, with its source's ids as keys. */
export interface TracedSpan {
  /** As the source writes it. */
  traceId: string;
  spanId: SpanKey;
  parentSpanId?: SpanKey;
  startUs: TimeUs;
  /** Absent: it has not ended. */
  endUs?: TimeUs;
  service?: string;
  events: SpanEvents;
}

export function tracedSpan(span: OtelSpan): TracedSpan {
  const { traceId, spanId, parentSpanId, startUs, endUs, resource } = span;
  const service = resource['service.name'];
  return {
    traceId,
    spanId,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    startUs,
    ...(endUs === undefined ? {} : { endUs }),
    ...(typeof service === 'string' && service !== '' ? { service } : {}),
    events: toSpanEvents(span),
  };
}

/**
 * Spans as runs, one for each trace. A span that is there more than once (sent again, or exported
 * while it was open) counts as it was last. One without an end stays open.
 *
 * @param name of the file, for people
 */
export function spanRuns(spans: Iterable<TracedSpan>, name: string): RecordedRun[] {
  const traces = new Map<string, Map<SpanId, TracedSpan>>();
  for (const span of spans) {
    const known = traces.get(span.traceId) ?? new Map<SpanId, TracedSpan>();
    traces.set(span.traceId, known);
    const other = known.get(span.spanId);
    if (other === undefined || revisionOf(span) > revisionOf(other)) known.set(span.spanId, span);
  }
  return [...traces].map(([traceId, known]) => ({
    ...readTrace([...known.values()]),
    name: traces.size === 1 ? name : `${name}:${traceId.slice(-6)}`,
    sourceTraceId: traceId,
  }));
}

function revisionOf({ events }: TracedSpan): number {
  return events.open.revision ?? 0;
}

function readTrace(spans: TracedSpan[]): Pick<RecordedRun, 'service' | 'actions'> {
  const sorted = parentsFirst(spans);
  const opened = new Set<SpanKey>();
  const actions = sorted.flatMap((span) => {
    const { spanId, parentSpanId } = span;
    const isBelow = parentSpanId !== undefined && opened.has(parentSpanId);
    opened.add(spanId);
    return spanActions(span, isBelow);
  });
  const named = sorted.find(({ service }) => service !== undefined);
  return {
    service: named?.service ?? 'unknown_service',
    // Of spans that end at the same time, children end first.
    actions: orderActions([
      ...actions.filter(({ type }) => type !== 'close'),
      ...actions.filter(({ type }) => type === 'close').reverse(),
    ]),
  };
}

function spanActions(span: TracedSpan, isBelow: boolean): RecordedAction[] {
  const { spanId: key, parentSpanId, startUs, endUs } = span;
  const { open, input, close, output } = span.events;
  const { name, spanType, links } = open;
  const [known, atEnd] = partAttributes(open.attributes ?? {});
  const isOrphan = !isBelow && parentSpanId !== undefined;
  const opening: RecordedAction = {
    type: 'open',
    key,
    ...(isBelow ? { parentKey: parentSpanId } : {}),
    atUs: startUs,
    startUs,
    name,
    spanType,
    attributes: {
      ...(close === undefined ? open.attributes : known),
      ...(isOrphan ? { 'otel.parent_span_id': parentSpanId } : {}),
    },
    ...(input === undefined ? {} : { input: input as JsonValue }),
    ...(links === undefined ? {} : { links }),
  };
  // A log outside of its span's time is played within it, with its own time.
  const logs = (open.logs ?? []).map((log): RecordedAction => {
    const atUs = Math.min(endUs ?? Infinity, Math.max(startUs, log.timeUs));
    return { type: 'update', key, atUs, logs: [log] };
  });
  if (close === undefined) return [opening, ...logs];
  const { spanId: _spanId, output: _output, reason: _reason, ...closing } = close;
  return [
    opening,
    ...logs,
    {
      ...closing,
      key,
      atUs: close.endUs,
      attributes: atEnd,
      ...(output === undefined ? {} : { output: output as JsonValue }),
    },
  ];
}

/** Recorded together, though some are known only at the end. */
function partAttributes(all: Attributes): [known: Attributes, atEnd: Attributes] {
  const known: Attributes = {};
  const atEnd: Attributes = {};
  for (const [key, value] of Object.entries(all))
    (/^gen_ai\.(usage|response)\.|^last\.inference$/.test(key) ? atEnd : known)[key] = value;
  return [known, atEnd];
}
