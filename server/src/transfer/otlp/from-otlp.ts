import {
  SpantailError,
  isSpanId,
  isTraceId,
  toNormalForm,
  type CloseEvent,
  type OpenEvent,
  type OtelSpan,
  type SpanLink,
  type SpanLog,
  type TraceId,
} from '@spantail/protocol';
import { runFileError } from '../../play/source/run-file-error.ts';
import { fromKeyValues } from './any-value.ts';
import { LOST_ATTRIBUTE, type OtlpJson, type OtlpSpan } from './otlp-json.ts';

/** A span as it is published: contents still as values. */
export interface ImportedSpan {
  traceId: TraceId;
  open: Omit<OpenEvent, 'input'>;
  logs: SpanLog[];
  /** Absent: it was exported while it was open. */
  close?: Omit<CloseEvent, 'output'>;
  input?: unknown;
  output?: unknown;
}

export function isOtlp(value: unknown): value is OtlpJson {
  return (
    typeof value === 'object' &&
    value !== null &&
    'resourceSpans' in value &&
    Array.isArray(value.resourceSpans)
  );
}

/**
 * The spans of an OTLP/JSON file, parents ahead of their children.
 *
 * @throws SpantailError BAD_MESSAGE naming the span that has no valid ids
 */
export function fromOtlp(file: string, { resourceSpans }: OtlpJson): ImportedSpan[] {
  const spans: ImportedSpan[] = [];
  for (const { resource, scopeSpans } of resourceSpans) {
    const service = fromKeyValues(resource?.attributes)['service.name'];
    for (const scope of scopeSpans ?? [])
      for (const span of scope.spans ?? []) spans.push(tryRead(file, span, service));
  }
  return spans.toSorted((a, b) => a.open.startUs - b.open.startUs);
}

function tryRead(file: string, span: OtlpSpan, service: unknown): ImportedSpan {
  try {
    return readSpan(file, span, service);
  } catch (error) {
    if (error instanceof SpantailError) throw error;
    // A time that is no number, a list that is none: the file is not what it says.
    throw runFileError(file, `span "${span.name}"`, 'is not a span of OTLP/JSON', { cause: error });
  }
}

function readSpan(file: string, span: OtlpSpan, service: unknown): ImportedSpan {
  const otel = toOtelSpan(file, span);
  const { spanType, attributes, input, output, usage, error, logs } = toNormalForm(otel);
  const { [LOST_ATTRIBUTE]: lost, ...rest } = attributes;
  const { traceId, spanId, parentSpanId, startUs, endUs, links } = otel;
  return {
    traceId,
    open: {
      type: 'open',
      spanId,
      ...(parentSpanId === undefined ? {} : { parentSpanId }),
      name: span.name,
      spanType,
      startUs,
      attributes: {
        ...(parentSpanId === undefined && typeof service === 'string'
          ? { 'service.name': service }
          : {}),
        ...rest,
      },
      ...(links.length === 0 ? {} : { links }),
    },
    logs,
    ...(endUs === undefined
      ? {}
      : {
          close: {
            type: 'close',
            spanId,
            endUs,
            status: otel.status,
            ...(error === undefined ? {} : { error }),
            ...(usage === undefined ? {} : { usage }),
            ...(lost === true ? { reason: 'lost' as const } : {}),
          },
        }),
    ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }),
  };
}

function toOtelSpan(file: string, span: OtlpSpan): OtelSpan {
  const { traceId, spanId, parentSpanId = '', status = {} } = span;
  if (!isTraceId(traceId) || !isSpanId(spanId))
    throw runFileError(file, `span "${span.name}"`, `has no valid ids: ${traceId}, ${spanId}`);
  const ended = span.endTimeUnixNano !== undefined && Number(span.endTimeUnixNano) !== 0;
  return {
    traceId,
    spanId,
    ...(isSpanId(parentSpanId) ? { parentSpanId } : {}),
    name: span.name,
    startUs: toUs(span.startTimeUnixNano),
    ...(ended ? { endUs: toUs(span.endTimeUnixNano) } : {}),
    status: status.code === 2 ? 'error' : status.code === 1 ? 'ok' : 'unset',
    ...(status.message === undefined ? {} : { statusMessage: status.message }),
    attributes: fromKeyValues(span.attributes),
    events: (span.events ?? []).map(({ timeUnixNano, name, attributes }) => ({
      timeUs: toUs(timeUnixNano),
      name,
      attributes: fromKeyValues(attributes),
    })),
    links: linksOf(span),
    resource: {},
  };
}

function linksOf({ links = [] }: OtlpSpan): SpanLink[] {
  return links
    .filter((link) => isTraceId(link.traceId) && isSpanId(link.spanId))
    .map(({ traceId, spanId, attributes }) => ({
      traceId,
      spanId,
      attributes: fromKeyValues(attributes),
    }));
}

function toUs(nano: string | number): number {
  return Number(BigInt(nano ?? 0) / 1_000n);
}
