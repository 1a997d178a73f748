import { createHash } from 'node:crypto';
import type { SpanId, TraceId } from '@spantail/protocol';

/** The id of a trace that a framework names otherwise: the same text always gives the same one. */
export function derivedTraceId(text: string): TraceId {
  return hash(text, 32);
}

/** The same for a span. */
export function derivedSpanId(text: string): SpanId {
  return hash(text, 16);
}

function hash(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}
