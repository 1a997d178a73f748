import { isSpanId, isTraceId, type Attributes, type AttributeValue } from '@spantail/protocol';
import type { SpanLogRecord } from '../request.ts';

/** A log record as it was read. */
export interface RawLogRecord {
  traceId: string;
  spanId: string;
  timeUs: number;
  observedUs: number;
  /** OTLP's SeverityNumber, 1 to 24; 0: none. */
  severity: number;
  /** Empty: it is no event, or says so in an attribute as it was done before. */
  eventName: string;
  body: AttributeValue;
  attributes: Attributes;
}

/** The record of a span; `undefined` for one that belongs to none. */
export function checkLogRecord(raw: RawLogRecord): SpanLogRecord | undefined {
  const { traceId, spanId, body, severity } = raw;
  if (!isTraceId(traceId) || !isSpanId(spanId)) return undefined;
  const { 'event.name': named, ...attributes } = raw.attributes;
  const at = [raw.timeUs, raw.observedUs].find((us) => us > 0 && Number.isSafeInteger(us));
  const name = raw.eventName || (typeof named === 'string' ? named : '');
  const event = {
    timeUs: at ?? Date.now() * 1_000,
    name: name || (typeof body === 'string' ? body : 'log'),
    attributes: withBody(attributes, body, name === ''),
  };
  const level = levelOf(severity);
  return { traceId, spanId, event, ...(level === undefined ? {} : { severity: level }) };
}

/**
 * An event's body is a map of what happened (`gen_ai.choice` and the like): its fields stand beside
 * the attributes, as they do where the same event is a span's.
 */
function withBody(attributes: Attributes, body: AttributeValue, isLine: boolean): Attributes {
  if (body === null || (isLine && typeof body === 'string')) return attributes;
  if (typeof body === 'object' && !Array.isArray(body)) return { ...body, ...attributes };
  return { body, ...attributes };
}

function levelOf(severity: number): SpanLogRecord['severity'] {
  if (severity >= 17) return 'error';
  if (severity >= 13) return 'warn';
  if (severity >= 9) return 'info';
  return severity >= 1 ? 'debug' : undefined;
}
