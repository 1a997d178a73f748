import type { Attributes, RunTree, SpanNode, SpanStatus } from '@spantail/protocol';
import { toKeyValues } from './any-value.ts';
import { OWN_ATTRIBUTES, type OtlpJson, type OtlpSpan } from './otlp-json.ts';

const STATUS_CODES: Record<SpanStatus, number> = { unset: 0, ok: 1, error: 2 };

/** A span's whole input and output. */
export interface SpanContents {
  input: unknown;
  output: unknown;
}

/**
 * A run as OTLP/JSON: what any OpenTelemetry backend reads. Usage becomes the GenAI conventions'
 * attributes; type, input and output, for which there are none that hold any value, `spantail.*`.
 */
export function toOtlp(tree: RunTree, contentsOf: (span: SpanNode) => SpanContents): OtlpJson {
  const byService = new Map<string, OtlpSpan[]>();
  const serviceOf = new Map<string, string>();
  for (const { span } of tree.walk()) {
    const own = span.attributes['service.name'];
    const inherited = serviceOf.get(span.parentSpanId ?? '') ?? 'unknown_service';
    const service = typeof own === 'string' ? own : inherited;
    serviceOf.set(span.spanId, service);
    const spans = byService.get(service) ?? [];
    byService.set(service, spans);
    spans.push(toSpan(tree.traceId, span, contentsOf(span)));
  }
  return {
    resourceSpans: [...byService].map(([service, spans]) => ({
      resource: { attributes: toKeyValues({ 'service.name': service }) },
      scopeSpans: [{ scope: { name: 'spantail' }, spans }],
    })),
  };
}

function toSpan(traceId: string, span: SpanNode, contents: SpanContents): OtlpSpan {
  const { spanId, parentSpanId, name, startUs, endUs, error, logs, links, status } = span;
  return {
    traceId,
    spanId,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    name,
    kind: 1,
    startTimeUnixNano: toNano(startUs ?? endUs ?? 0),
    endTimeUnixNano: toNano(endUs ?? 0),
    attributes: toKeyValues({ ...span.attributes, ...ownAttributes(span, contents) }),
    events: logs.map((log) => ({
      timeUnixNano: toNano(log.timeUs),
      name: log.message,
      attributes: toKeyValues({
        ...log.attributes,
        ...(log.level === undefined ? {} : { 'log.severity': log.level }),
      }),
    })),
    links: links.map((link) => ({
      traceId: link.traceId,
      spanId: link.spanId,
      attributes: toKeyValues(link.attributes ?? {}),
    })),
    status: {
      code: STATUS_CODES[status],
      ...(error === undefined ? {} : { message: error.message }),
    },
  };
}

function ownAttributes(span: SpanNode, { input, output }: SpanContents): Attributes {
  const { error, usage = {}, state, spanType } = span;
  const own: Attributes = { [OWN_ATTRIBUTES.type]: spanType };
  if (input !== undefined) own[OWN_ATTRIBUTES.input] = asText(input);
  if (output !== undefined) own[OWN_ATTRIBUTES.output] = asText(output);
  if (state === 'lost') own[OWN_ATTRIBUTES.lost] = true;
  if (error !== undefined) {
    own[OWN_ATTRIBUTES.errorType] = error.type;
    own[OWN_ATTRIBUTES.errorMessage] = error.message;
    if (error.stack !== undefined) own[OWN_ATTRIBUTES.errorStack] = error.stack;
  }
  for (const key of [
    'inputTokens',
    'outputTokens',
    'cachedInputTokens',
    'reasoningTokens',
    'totalTokens',
    'costUsd',
  ] as const) {
    const value = usage[key];
    if (value !== undefined) own[OWN_ATTRIBUTES[key]] = value;
  }
  return own;
}

function asText(value: unknown): string {
  return JSON.stringify(value);
}

function toNano(us: number): string {
  return (BigInt(us) * 1_000n).toString();
}
