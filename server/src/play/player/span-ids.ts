import { createHash } from 'node:crypto';
import type { SpanId, TraceId } from '@spantail/protocol';
import { isSpanId } from '@spantail/protocol';
import type { SpanKey } from '../recorded/action.ts';

/**
 * A span's id in a play: the recorded one where the source has W3C ids, else the first 8 bytes of
 * SHA-256 over the source's id and the trace, so that playing a run into the same trace again
 * names the same spans.
 */
export function spanIdOf(key: SpanKey, traceId: TraceId): SpanId {
  return isSpanId(key) ? key : derivedId(key, traceId);
}

function derivedId(key: string, traceId: TraceId): SpanId {
  return createHash('sha256').update(`${traceId}\n${key}`).digest('hex').slice(0, 16);
}
