import { isSpanId, isTraceId, type OtelSpan } from '@spantail/protocol';

/** A span as it was read: nothing about it is certain yet. */
export interface RawSpan extends Omit<OtelSpan, 'parentSpanId' | 'endUs'> {
  /** Empty or zeros: none. */
  parentSpanId: string;
  /** 0: open. */
  endUs: number;
}

/**
 * The span, if it can be one.
 *
 * @returns text that says what is wrong, naming the field of OTLP
 */
export function checkSpan(raw: RawSpan): OtelSpan | string {
  const { parentSpanId, endUs } = raw;
  if (!isTraceId(raw.traceId)) return wrong(raw, `traceId is not 16 bytes, one of them not 0`);
  if (!isSpanId(raw.spanId)) return wrong(raw, `spanId is not 8 bytes, one of them not 0`);
  // The same object, so that nothing is copied: what is no part of a span goes.
  const span = raw as Omit<RawSpan, 'parentSpanId' | 'endUs'> as OtelSpan;
  if (isZeros(parentSpanId)) delete span.parentSpanId;
  if (endUs === 0) delete span.endUs;
  if (!isZeros(parentSpanId)) {
    if (!isSpanId(parentSpanId)) return wrong(raw, 'parentSpanId is neither empty nor 8 bytes');
  }
  if (!Number.isSafeInteger(raw.startUs) || !Number.isSafeInteger(endUs))
    return wrong(raw, 'startTimeUnixNano or endTimeUnixNano is no time of this age');
  if (raw.links.length > 0)
    span.links = raw.links.filter((link) => isTraceId(link.traceId) && isSpanId(link.spanId));
  if (raw.events.length > 0)
    span.events = raw.events.filter(({ timeUs }) => Number.isSafeInteger(timeUs));
  // Without a start it is known when it ended, at least.
  if (span.startUs === 0) span.startUs = endUs === 0 ? Date.now() * 1_000 : endUs;
  return span;
}

function isZeros(id: string): boolean {
  return id === '' || /^0+$/.test(id);
}

/** Name and id, as far as they are known, for messages. */
export function describeSpan({ name, spanId }: Pick<RawSpan, 'name' | 'spanId'>): string {
  return `span "${name.slice(0, 80)}" (${spanId.slice(0, 32) || 'no id'})`;
}

function wrong(span: RawSpan, what: string): string {
  return `${describeSpan(span)}: ${what}`;
}
