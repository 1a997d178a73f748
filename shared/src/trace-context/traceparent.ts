import { isSpanId, isTraceId } from '../ids.ts';
import type { TraceContext } from './trace-context.ts';

const SAMPLED = 0x01;
const RANDOM = 0x02;
/** Length of version 00; a later version may only go on behind it. */
const LENGTH = 55;
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** `traceparent` in version 00. */
export function formatTraceparent(context: TraceContext): string {
  const flags = (context.sampled ? SAMPLED : 0) | (context.random === true ? RANDOM : 0);
  return `00-${context.traceId}-${context.spanId}-0${flags}`;
}

/**
 * The ids and flags of a `traceparent`; `undefined` when it is invalid. Of a version above 00 the
 * fields known today are read and what follows is ignored, as W3C asks.
 */
export function parseTraceparent(text: string): TraceContext | undefined {
  const match = TRACEPARENT.exec(text);
  if (match === null) return undefined;
  const [, version = '', traceId, spanId, flagDigits = ''] = match;
  if (version === 'ff' || (version === '00' && text.length !== LENGTH)) return undefined;
  if (!isTraceId(traceId) || !isSpanId(spanId)) return undefined;
  const flags = Number.parseInt(flagDigits, 16);
  const context: TraceContext = { traceId, spanId, sampled: (flags & SAMPLED) !== 0 };
  if ((flags & RANDOM) !== 0) context.random = true;
  return context;
}
