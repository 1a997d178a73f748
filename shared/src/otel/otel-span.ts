import type { Attributes, SpanLink, SpanStatus, TimeUs } from '../event/event.ts';
import type { SpanId, TraceId } from '../ids.ts';

export const OTEL_KINDS = ['internal', 'server', 'client', 'producer', 'consumer'] as const;
export type OtelKind = (typeof OTEL_KINDS)[number];

/**
 * A span as OpenTelemetry has it, from whichever wire or SDK it came: ids in lower-case hex, times
 * in microseconds, attributes as plain values.
 */
export interface OtelSpan {
  traceId: TraceId;
  spanId: SpanId;
  parentSpanId?: SpanId;
  /** The parent is in another process. Absent: nobody said. */
  remoteParent?: boolean;
  name: string;
  kind?: OtelKind;
  startUs: TimeUs;
  /** Absent: the span is open. */
  endUs?: TimeUs;
  status: SpanStatus;
  statusMessage?: string;
  attributes: Attributes;
  events: OtelEvent[];
  links: SpanLink[];
  /** Attributes of the program that made it. */
  resource: Attributes;
  /** Of an open one, where the source counts its snapshots: a later one's is higher. */
  revision?: number;
  /** The instrumentation that made it. */
  scope?: { name: string; version?: string };
}

/** One of a span's own events. */
export interface OtelEvent {
  timeUs: TimeUs;
  name: string;
  attributes: Attributes;
}
