import { SPAN_STATUSES, SPAN_TYPES } from '@spantail/protocol';

/** Schemas of what the record's routes answer with; each is a component of the OpenAPI document. */

const text = { type: 'string' } as const;
const whole = { type: 'integer' } as const;
const timeUs = { type: 'integer', description: 'Microseconds since the Unix epoch.' } as const;
const traceId = { type: 'string', pattern: '^[0-9a-f]{32}$' } as const;
const spanId = { type: 'string', pattern: '^[0-9a-f]{16}$' } as const;
const texts = { type: 'array', items: text } as const;
const attributes = { type: 'object', additionalProperties: true } as const;
const tokens = {
  inputTokens: whole,
  outputTokens: whole,
  cachedInputTokens: whole,
  reasoningTokens: whole,
  costUsd: { type: 'number', description: 'US dollars; absent where it is not known.' },
} as const;

export const RUN_SCHEMA = {
  $id: 'Run',
  type: 'object',
  required: ['traceId', 'name', 'status', 'startUs', 'lastActivityUs', 'spanCount'],
  properties: {
    traceId,
    name: text,
    service: text,
    agent: text,
    inputPreview: {
      type: 'string',
      description: "The beginning of the root's input, at most 200 characters.",
    },
    status: { type: 'string', enum: ['running', 'ok', 'error', 'lost'] },
    startUs: timeUs,
    endUs: timeUs,
    durationUs: whole,
    lastActivityUs: timeUs,
    currentStep: { type: 'string', description: 'Name of the open span that opened last.' },
    spanCount: whole,
    openCount: whole,
    errorCount: whole,
    lostCount: whole,
    eventCount: whole,
    models: texts,
    sessionId: text,
    userId: text,
    tags: texts,
    ...tokens,
    dropped: {
      type: 'object',
      properties: { events: whole, updates: whole, payloads: whole },
      description: 'What publishers had to drop.',
    },
  },
} as const;

export const PAYLOAD_SCHEMA = {
  $id: 'Payload',
  type: 'object',
  required: ['mediaType', 'bytes', 'preview'],
  properties: {
    mediaType: { type: 'string', enum: ['text/plain', 'application/json'] },
    bytes: whole,
    preview: { type: 'string', description: 'The first characters, at most 200.' },
    list: { type: 'boolean' },
    parts: {
      type: 'array',
      description:
        'Absent when `value` is there. `{text}`, `{ref}` (a blob, in hex) or `{chunk, parts}`.',
      items: { type: 'object', properties: { text, ref: text, chunk: text, parts: whole } },
    },
    value: { description: 'The whole value, with `payloads=full`.' },
    valueMissing: {
      type: 'string',
      enum: ['NOT_FOUND', 'TOO_LARGE', 'EVENT_INVALID'],
      description: 'Why there is no `value`: gone, above the bound of one answer, or malformed.',
    },
  },
} as const;

export const SPAN_SCHEMA = {
  $id: 'Span',
  type: 'object',
  required: ['traceId', 'spanId', 'name', 'type', 'state', 'status', 'attributes', 'outputText'],
  properties: {
    traceId,
    spanId,
    parentSpanId: spanId,
    name: text,
    type: { type: 'string', enum: SPAN_TYPES },
    state: { type: 'string', enum: ['open', 'closed', 'lost', 'unknown'] },
    status: { type: 'string', enum: SPAN_STATUSES },
    startUs: timeUs,
    endUs: timeUs,
    durationUs: whole,
    agent: text,
    model: text,
    provider: text,
    sessionId: text,
    userId: text,
    ...tokens,
    error: { type: 'object', properties: { type: text, message: text, stack: text } },
    attributes,
    input: { $ref: 'Payload#' },
    output: { $ref: 'Payload#' },
    outputText: { type: 'string', description: 'Partial output, or all of it without `output`.' },
    logs: {
      type: 'array',
      items: {
        type: 'object',
        properties: { timeUs, message: text, level: text, attributes },
      },
    },
    links: {
      type: 'array',
      items: { type: 'object', properties: { traceId, spanId, attributes } },
    },
  },
} as const;

export const STATS_SCHEMA = {
  $id: 'Stats',
  type: 'object',
  required: ['count', 'errors', 'inputTokens', 'outputTokens', 'costUsd'],
  properties: {
    group: { type: 'string', description: 'Absent: the spans that have none.' },
    slotUs: timeUs,
    count: whole,
    errors: { type: 'integer', description: 'Failed or lost.' },
    p50Us: whole,
    p95Us: whole,
    p99Us: whole,
    inputTokens: whole,
    outputTokens: whole,
    costUsd: { type: 'number' },
  },
} as const;

export const PROBLEM_SCHEMA = {
  $id: 'Problem',
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: text,
    title: text,
    status: whole,
    code: text,
    detail: text,
    parameter: { type: 'string', description: 'The parameter that is wrong.' },
    position: { type: 'integer', description: 'Index of the character in it.' },
  },
} as const;

export const ROW_SCHEMAS = [
  RUN_SCHEMA,
  PAYLOAD_SCHEMA,
  SPAN_SCHEMA,
  STATS_SCHEMA,
  PROBLEM_SCHEMA,
] as const;
