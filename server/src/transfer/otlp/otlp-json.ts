import type { KeyValue } from './any-value.ts';

/** The part of OTLP/JSON's ExportTraceServiceRequest that is written and read here. */
export interface OtlpJson {
  resourceSpans: {
    resource?: { attributes?: KeyValue[] };
    scopeSpans?: { scope?: { name?: string; version?: string }; spans?: OtlpSpan[] }[];
  }[];
}

export interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  /** 1: internal. */
  kind?: number;
  startTimeUnixNano: string;
  /** `"0"`: not ended. */
  endTimeUnixNano: string;
  attributes?: KeyValue[];
  events?: { timeUnixNano: string; name: string; attributes?: KeyValue[] }[];
  links?: { traceId: string; spanId: string; attributes?: KeyValue[] }[];
  /** Code 0 unset, 1 ok, 2 error. */
  status?: { code?: number; message?: string };
}

/** What the conventions have no name for. Values are JSON text where they are not plain. */
export const OWN_ATTRIBUTES = {
  type: 'spantail.type',
  input: 'spantail.input',
  output: 'spantail.output',
  lost: 'spantail.lost',
  errorMessage: 'exception.message',
  errorType: 'error.type',
  errorStack: 'exception.stacktrace',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  cachedInputTokens: 'gen_ai.usage.cache_read.input_tokens',
  reasoningTokens: 'gen_ai.usage.reasoning.output_tokens',
  costUsd: 'spantail.cost_usd',
} as const;
