import {
  OTEL_KINDS,
  isSpanId,
  type Attributes,
  type AttributeValue,
  type OtelEvent,
  type OtelSpan,
  type SpanLink,
  type SpanStatus,
} from '@spantail/protocol';
import type { HrTime, SdkSpan } from './sdk-span.ts';

/** By the SDK's `SpanStatusCode`. */
const STATUSES: readonly SpanStatus[] = ['unset', 'ok', 'error'];

/** The SDK's span, as it is now, in the one form that spans of every source have. */
export function toOtelSpan(span: SdkSpan, ended: boolean, resource: Attributes): OtelSpan {
  const { traceId, spanId } = span.spanContext();
  const { parentSpanContext, status, links } = span;
  const parentSpanId = parentSpanContext?.spanId ?? span.parentSpanId;
  const kind = OTEL_KINDS[span.kind];
  const scope = span.instrumentationScope ?? span.instrumentationLibrary;
  return {
    traceId,
    spanId,
    ...(isSpanId(parentSpanId) ? { parentSpanId } : {}),
    ...(parentSpanContext === undefined
      ? {}
      : { remoteParent: parentSpanContext.isRemote === true }),
    name: span.name,
    ...(kind === undefined ? {} : { kind }),
    startUs: toUs(span.startTime),
    ...(ended ? { endUs: toUs(span.endTime) } : {}),
    status: STATUSES[status.code] ?? 'unset',
    ...(status.message === undefined ? {} : { statusMessage: status.message }),
    attributes: toAttributes(span.attributes),
    events: span.events.map(toEvent),
    links: links.length === 0 ? NO_LINKS : toLinks(links),
    resource,
    ...(scope === undefined
      ? {}
      : {
          scope: {
            name: scope.name,
            ...(scope.version === undefined ? {} : { version: scope.version }),
          },
        }),
  };
}

/** Whole microseconds, without the loss that seconds as one float would have. */
export function toUs([seconds, nanoseconds]: HrTime): number {
  return seconds * 1_000_000 + Math.floor(nanoseconds / 1_000);
}

/**
 * Attributes as they come over OTLP. The SDK has checked them; only what its types do not allow but
 * plain JavaScript does needs a copy.
 */
export function toAttributes(given: Readonly<Record<string, unknown>>): Attributes {
  for (const key in given)
    if (!isPlain(given[key])) {
      const clean: Attributes = {};
      for (const [name, value] of Object.entries(given))
        if (value !== undefined) clean[name] = toValue(value);
      return clean;
    }
  return given as Attributes;
}

function isPlain(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return true;
    default:
      return Array.isArray(value) && value.every((item) => typeof item !== 'object');
  }
}

/** Bytes become base64 text, and what is no value null: both as in OTLP's JSON. */
function toValue(value: unknown): AttributeValue {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      return value.toString();
    case 'object': {
      if (value === null) return null;
      if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
      if (Array.isArray(value)) return value.map(toValue);
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toValue(item)]));
    }
    default:
      return null;
  }
}

function toEvent({ name, time, attributes }: SdkSpan['events'][number]): OtelEvent {
  return { timeUs: toUs(time), name, attributes: toAttributes(attributes ?? {}) };
}

function toLinks(links: SdkSpan['links']): SpanLink[] {
  return links.map(({ context, attributes = {} }) => ({
    traceId: context.traceId,
    spanId: context.spanId,
    ...(Object.keys(attributes).length === 0 ? {} : { attributes: toAttributes(attributes) }),
  }));
}

const NO_LINKS: SpanLink[] = [];
