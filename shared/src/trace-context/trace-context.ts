import type { SpanId, TraceId } from '../ids.ts';

/** Where a child goes on: what W3C Trace Context and Baggage carry from process to process. */
export interface TraceContext {
  traceId: TraceId;
  /** The span that will be the parent. */
  spanId: SpanId;
  sampled: boolean;
  /** Level 2's flag: the trace id's last 7 bytes are random. Handed on as it came. */
  random?: boolean;
  /** `tracestate` as it came, handed on unchanged. */
  traceState?: string;
  /** `baggage` as it came, handed on unchanged. */
  baggage?: string;
}
