import { createHash } from 'node:crypto';
import { isSpanId, isTraceId, type SpanId, type TraceId } from '@spantail/protocol';

/** `trace_` and 32 hex digits, or whatever a program gave as its trace's id. */
export function toTraceId(id: string): TraceId {
  const digits = id.replace(/^trace_/, '').toLowerCase();
  return isTraceId(digits) ? digits : hash(id, 16);
}

/** `span_` and 24 hex digits, which is too long; the same id always gives the same one. */
export function toSpanId(id: string): SpanId {
  const digits = id.replace(/^span_/, '').toLowerCase();
  return isSpanId(digits) ? digits : hash(id, 8);
}

function hash(id: string, bytes: number): string {
  return createHash('sha256')
    .update(id)
    .digest('hex')
    .slice(0, bytes * 2);
}
