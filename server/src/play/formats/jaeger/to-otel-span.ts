import {
  OTEL_KINDS,
  isSpanId,
  isTraceId,
  type Attributes,
  type OtelEvent,
  type OtelKind,
  type OtelSpan,
  type SpanId,
  type SpanLink,
  type SpanStatus,
} from '@spantail/protocol';
import type { JsonValue } from '../../recorded/action.ts';
import { isTimeUs } from '../../source/iso-time.ts';
import { asArray, asNumber, asObject, asString } from '../../source/json-value.ts';
import type { JsonObject } from '../../source/json-value.ts';
import { tagsOf } from './tags.ts';

/** The program that made a span. */
export interface JaegerProcess {
  service?: string;
  attributes: Attributes;
}

/** Tags that became something else: Jaeger's collector makes them of an OpenTelemetry span's fields. */
const FIELDS = new Set([
  'span.kind',
  'error',
  'otel.status_code',
  'otel.status_description',
  'otel.scope.name',
  'otel.scope.version',
  'otel.library.name',
  'otel.library.version',
  'internal.span.format',
]);

/** @returns text that says what is wrong, naming the field */
export function toOtelSpan(span: JsonObject, process: JaegerProcess): OtelSpan | string {
  const traceId = idOf(span['traceID'], 32, isTraceId);
  const spanId = idOf(span['spanID'], 16, isSpanId);
  const startUs = asNumber(span['startTime']);
  const durationUs = asNumber(span['duration']) ?? 0;
  const name = asString(span['operationName']);
  if (traceId === undefined) return wrong('traceID');
  if (spanId === undefined) return wrong('spanID');
  if (startUs === undefined || !isTimeUs(Math.floor(startUs))) return wrong('startTime');
  const endUs = Math.floor(startUs + Math.max(0, durationUs));
  if (!isTimeUs(endUs)) return wrong('duration');
  if (name === undefined) return wrong('operationName');
  const tags = tagsOf(span['tags']);
  const { parentSpanId, links } = referencesOf(span, traceId);
  const kind = OTEL_KINDS.find((one) => one === tags['span.kind']);
  const scope = tags['otel.scope.name'] ?? tags['otel.library.name'];
  const version = tags['otel.scope.version'] ?? tags['otel.library.version'];
  const description = tags['otel.status_description'];
  const warnings = (asArray(span['warnings']) ?? []).filter((one) => typeof one === 'string');
  return {
    traceId,
    spanId,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    name,
    ...kindField(kind),
    startUs: Math.floor(startUs),
    endUs,
    status: statusOf(tags),
    ...(typeof description === 'string' ? { statusMessage: description } : {}),
    attributes: {
      ...Object.fromEntries(Object.entries(tags).filter(([key]) => !FIELDS.has(key))),
      ...(warnings.length === 0 ? {} : { 'jaeger.warnings': warnings }),
    },
    events: (asArray(span['logs']) ?? []).flatMap(eventOf),
    links,
    resource: {
      ...process.attributes,
      ...(process.service === undefined ? {} : { 'service.name': process.service }),
    },
    ...(typeof scope === 'string'
      ? { scope: { name: scope, ...(typeof version === 'string' ? { version } : {}) } }
      : {}),
  };
}

function wrong(field: string): string {
  return `\`${field}\` is missing or malformed`;
}

/** Jaeger leaves out zeros in front. */
function idOf(
  value: JsonValue | undefined,
  digits: number,
  isId: (text: unknown) => text is string,
): string | undefined {
  const id = asString(value)?.toLowerCase().padStart(digits, '0');
  return isId(id) ? id : undefined;
}

function kindField(kind: OtelKind | undefined): { kind?: OtelKind } {
  return kind === undefined ? {} : { kind };
}

function statusOf(tags: Attributes): SpanStatus {
  const code = tags['otel.status_code'];
  if (code === 'ERROR' || tags['error'] === true || tags['error'] === 'true') return 'error';
  return code === 'OK' ? 'ok' : 'unset';
}

/** The first CHILD_OF in the same trace is the parent, else the first FOLLOWS_FROM; all others are links. */
function referencesOf(
  span: JsonObject,
  traceId: string,
): { parentSpanId?: SpanId; links: SpanLink[] } {
  const references = (asArray(span['references']) ?? []).flatMap((item) => {
    const { refType, traceID, spanID } = asObject(item) ?? {};
    const trace = idOf(traceID, 32, isTraceId) ?? traceId;
    const id = idOf(spanID, 16, isSpanId);
    return id === undefined ? [] : [{ refType, traceId: trace, spanId: id }];
  });
  // What Jaeger wrote before there were references.
  const old = idOf(span['parentSpanID'], 16, isSpanId);
  const own = references.filter((one) => one.traceId === traceId);
  const parent = own.find(({ refType }) => refType === 'CHILD_OF') ?? own[0];
  const parentSpanId = parent?.spanId ?? old;
  return {
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    links: references
      .filter((one) => one !== parent)
      .map(({ traceId: trace, spanId }) => ({ traceId: trace, spanId })),
  };
}

/** OpenTelemetry's events have their name in the field `event`; OpenTracing's logs may have none. */
function eventOf(value: JsonValue): OtelEvent[] {
  const { timestamp, fields } = asObject(value) ?? {};
  const timeUs = asNumber(timestamp);
  if (timeUs === undefined || !isTimeUs(Math.floor(timeUs))) return [];
  const { event, ...attributes } = tagsOf(fields);
  const message = attributes['message'];
  const name = typeof event === 'string' ? event : typeof message === 'string' ? message : 'log';
  return [{ timeUs: Math.floor(timeUs), name, attributes }];
}
