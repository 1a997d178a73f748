import type { Attributes, SpanId, SpanStatus, TimeUs, TraceId } from '@spantail/protocol';
import { isSpanId, isTraceId } from '@spantail/protocol';
import type { JsonValue } from '../../recorded/action.ts';
import { isoToUs } from '../../source/iso-time.ts';
import type { JsonObject } from '../../source/json-value.ts';
import { asArray, asObject, asString } from '../../source/json-value.ts';
import { readJsonRecords } from '../../source/json-records.ts';
import { runFileError } from '../../source/run-file-error.ts';
import type { RunFile } from '../format.ts';

export interface SpanEventRecord {
  name: string;
  atUs: TimeUs;
  attributes: JsonObject;
}

/** A finished span as an OpenTelemetry SDK's console or file exporter writes it. */
export interface SpanRecord {
  traceId: TraceId;
  spanId: SpanId;
  parentSpanId?: SpanId;
  name: string;
  kind?: string;
  startUs: TimeUs;
  endUs: TimeUs;
  status: SpanStatus;
  statusDescription?: string;
  attributes: Attributes;
  events: SpanEventRecord[];
  links: { traceId: TraceId; spanId: SpanId }[];
  service?: string;
}

/** Parses an array of spans, one span, or one span a line. */
export function parseSpans(source: RunFile): SpanRecord[] {
  return readJsonRecords(source).map(({ place, value }) => parseSpan(source.file, place, value));
}

function parseSpan(file: string, place: string, value: JsonValue): SpanRecord {
  const span = asObject(value) ?? {};
  const context = asObject(span['context']) ?? {};
  const need = <T>(field: string, found: T | undefined): T => {
    if (found === undefined)
      throw runFileError(file, place, `\`${field}\` is missing or malformed`);
    return found;
  };
  const parent = span['parent_id'];
  const service = asString(asObject(asObject(span['resource'])?.['attributes'])?.['service.name']);
  const kind = asString(span['kind'])?.replace(/^SpanKind\./, '');
  const status = asObject(span['status']) ?? {};
  const description = asString(status['description']);
  const startUs = need('start_time', time(span['start_time']));
  return {
    traceId: need('context.trace_id', hexId(context['trace_id'], isTraceId)),
    spanId: need('context.span_id', hexId(context['span_id'], isSpanId)),
    ...(parent === null || parent === undefined
      ? {}
      : { parentSpanId: need('parent_id', hexId(parent, isSpanId)) }),
    name: need('name', asString(span['name'])),
    ...(kind === undefined ? {} : { kind }),
    startUs,
    endUs: Math.max(startUs, need('end_time', time(span['end_time']))),
    status: statusOf(status['status_code']),
    ...(description === undefined ? {} : { statusDescription: description }),
    attributes: asObject(span['attributes']) ?? {},
    events: (asArray(span['events']) ?? []).map((event) => parseEvent(event, startUs)),
    links: (asArray(span['links']) ?? []).flatMap(parseLink),
    ...(service === undefined ? {} : { service }),
  };
}

function parseEvent(value: JsonValue, startUs: TimeUs): SpanEventRecord {
  const event = asObject(value) ?? {};
  return {
    name: asString(event['name']) ?? 'event',
    atUs: time(event['timestamp']) ?? startUs,
    attributes: asObject(event['attributes']) ?? {},
  };
}

function parseLink(value: JsonValue): { traceId: TraceId; spanId: SpanId }[] {
  const context = asObject(asObject(value)?.['context']);
  const traceId = hexId(context?.['trace_id'], isTraceId);
  const spanId = hexId(context?.['span_id'], isSpanId);
  return traceId === undefined || spanId === undefined ? [] : [{ traceId, spanId }];
}

function hexId(
  value: JsonValue | undefined,
  isId: (text: unknown) => text is string,
): string | undefined {
  const id = asString(value)?.replace(/^0x/, '').toLowerCase();
  return isId(id) ? id : undefined;
}

function time(value: JsonValue | undefined): TimeUs | undefined {
  return typeof value === 'string' ? isoToUs(value) : undefined;
}

function statusOf(code: JsonValue | undefined): SpanStatus {
  if (code === 'ERROR') return 'error';
  return code === 'OK' ? 'ok' : 'unset';
}
