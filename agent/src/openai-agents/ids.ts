import { isSpanId, isTraceId, type SpanId, type TraceId } from '@spantail/protocol';
import { derivedSpanId, derivedTraceId } from '../adapter/derived-id.ts';

/** `trace_` and 32 hex digits, or whatever a program gave as its trace's id. */
export function toTraceId(id: string): TraceId {
  const digits = id.replace(/^trace_/, '').toLowerCase();
  return isTraceId(digits) ? digits : derivedTraceId(id);
}

/** `span_` and 24 hex digits, which is too long; the same id always gives the same one. */
export function toSpanId(id: string): SpanId {
  const digits = id.replace(/^span_/, '').toLowerCase();
  return isSpanId(digits) ? digits : derivedSpanId(id);
}
