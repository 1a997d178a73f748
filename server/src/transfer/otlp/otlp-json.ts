import { USAGE } from '@spantail/protocol';
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

/** Says that the server wrote the span's end. */
export const LOST_ATTRIBUTE = 'spantail.lost';

/**
 * Where an export has what the conventions have no attribute for; the normal form reads them.
 * Values are JSON text where they are not plain.
 */
export const OWN_ATTRIBUTES = {
  type: 'spantail.type',
  input: 'spantail.input',
  output: 'spantail.output',
  lost: LOST_ATTRIBUTE,
  errorMessage: 'exception.message',
  errorType: 'error.type',
  errorStack: 'exception.stacktrace',
  inputTokens: USAGE.inputTokens.name,
  outputTokens: USAGE.outputTokens.name,
  cachedInputTokens: USAGE.cachedInputTokens.name,
  reasoningTokens: USAGE.reasoningTokens.name,
  totalTokens: USAGE.totalTokens.name,
  costUsd: 'spantail.cost_usd',
} as const;
