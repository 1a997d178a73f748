import {
  SPAN_TYPES,
  SpantailError,
  isSpanId,
  isTraceId,
  type Attributes,
  type CloseEvent,
  type OpenEvent,
  type SpanLog,
  type SpanType,
  type TraceId,
  type Usage,
} from '@spantail/protocol';
import { runFileError } from '../../play/source/run-file-error.ts';
import { fromKeyValues } from './any-value.ts';
import { OWN_ATTRIBUTES, type OtlpJson, type OtlpSpan } from './otlp-json.ts';

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
  const { traceId, spanId, parentSpanId = '' } = span;
  if (!isTraceId(traceId) || !isSpanId(spanId))
    throw runFileError(file, `span "${span.name}"`, `has no valid ids: ${traceId}, ${spanId}`);
  const { own, rest } = partAttributes(fromKeyValues(span.attributes));
  const isRoot = !isSpanId(parentSpanId);
  const ended = span.endTimeUnixNano !== undefined && Number(span.endTimeUnixNano) !== 0;
  return {
    traceId,
    open: {
      type: 'open',
      spanId,
      ...(isRoot ? {} : { parentSpanId }),
      name: span.name,
      spanType: typeOf(own[OWN_ATTRIBUTES.type]),
      startUs: toUs(span.startTimeUnixNano),
      attributes: {
        ...(isRoot && typeof service === 'string' ? { 'service.name': service } : {}),
        ...rest,
      },
      ...linksOf(span),
    },
    logs: (span.events ?? []).map(readLog),
    ...(ended ? { close: readClose(span, own) } : {}),
    ...(own[OWN_ATTRIBUTES.input] === undefined
      ? {}
      : { input: fromText(own[OWN_ATTRIBUTES.input]) }),
    ...(own[OWN_ATTRIBUTES.output] === undefined
      ? {}
      : { output: fromText(own[OWN_ATTRIBUTES.output]) }),
  };
}

function partAttributes(all: Attributes): { own: Attributes; rest: Attributes } {
  const own: Attributes = {};
  const rest: Attributes = {};
  const names = new Set<string>(Object.values(OWN_ATTRIBUTES));
  for (const [key, value] of Object.entries(all)) (names.has(key) ? own : rest)[key] = value;
  return { own, rest };
}

function readClose(span: OtlpSpan, own: Attributes): Omit<CloseEvent, 'output'> {
  const { code = 0, message = '' } = span.status ?? {};
  const type = own[OWN_ATTRIBUTES.errorType];
  const stack = own[OWN_ATTRIBUTES.errorStack];
  const said = own[OWN_ATTRIBUTES.errorMessage];
  const usage = usageOf(own);
  const failed = code === 2 || type !== undefined;
  return {
    type: 'close',
    spanId: span.spanId,
    endUs: toUs(span.endTimeUnixNano),
    status: code === 2 ? 'error' : code === 1 ? 'ok' : 'unset',
    ...(failed
      ? {
          error: {
            type: typeof type === 'string' ? type : 'Error',
            message: typeof said === 'string' ? said : message,
            ...(typeof stack === 'string' ? { stack } : {}),
          },
        }
      : {}),
    ...(Object.keys(usage).length === 0 ? {} : { usage }),
    ...(own[OWN_ATTRIBUTES.lost] === true ? { reason: 'lost' as const } : {}),
  };
}

function usageOf(own: Attributes): Usage {
  const usage: Usage = {};
  for (const key of [
    'inputTokens',
    'outputTokens',
    'cachedInputTokens',
    'reasoningTokens',
    'costUsd',
  ] as const) {
    const value = own[OWN_ATTRIBUTES[key]];
    if (typeof value === 'number' && value >= 0) usage[key] = value;
  }
  return usage;
}

function readLog({
  timeUnixNano,
  name,
  attributes,
}: NonNullable<OtlpSpan['events']>[number]): SpanLog {
  const { 'log.severity': level, ...rest } = fromKeyValues(attributes);
  const known = LEVELS.find((one) => one === level);
  return {
    timeUs: toUs(timeUnixNano),
    message: name,
    ...(known === undefined ? {} : { level: known }),
    ...(Object.keys(rest).length === 0 ? {} : { attributes: rest }),
  };
}

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

function linksOf({ links = [] }: OtlpSpan): Pick<OpenEvent, 'links'> {
  const valid = links.filter((link) => isTraceId(link.traceId) && isSpanId(link.spanId));
  if (valid.length === 0) return {};
  return {
    links: valid.map(({ traceId, spanId, attributes }) => ({
      traceId,
      spanId,
      attributes: fromKeyValues(attributes),
    })),
  };
}

function typeOf(value: unknown): SpanType {
  return SPAN_TYPES.find((type) => type === value) ?? 'step';
}

function fromText(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

function toUs(nano: string | number): number {
  return Number(BigInt(nano ?? 0) / 1_000n);
}
