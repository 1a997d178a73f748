import { OTEL_KINDS, type OtelSpan } from '@spantail/protocol';
import type { SpanRecord } from './span-record.ts';

/** A span of a file as all sources of spans have it. */
export function toOtelSpan(span: SpanRecord): OtelSpan {
  const { traceId, spanId, parentSpanId, name, startUs, endUs, status } = span;
  const kind = OTEL_KINDS.find((one) => one === span.kind?.toLowerCase());
  const statusMessage = span.statusDescription;
  return {
    traceId,
    spanId,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    name,
    ...(kind === undefined ? {} : { kind }),
    startUs,
    endUs,
    status,
    ...(statusMessage === undefined ? {} : { statusMessage }),
    attributes: span.attributes,
    events: span.events.map((event) => ({
      timeUs: event.atUs,
      name: event.name,
      attributes: event.attributes,
    })),
    links: span.links,
    resource: span.service === undefined ? {} : { 'service.name': span.service },
  };
}
