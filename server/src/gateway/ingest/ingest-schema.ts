import { SPAN_STATUSES, SPAN_TYPES } from '@spantail/protocol';

const text = { type: 'string' } as const;
const integer = { type: 'integer', minimum: 0 } as const;
const object = { type: 'object' } as const;

const event = {
  type: 'object',
  description: 'Which fields go with which type: PROTOCOL.md §3 and §10.',
  required: ['type', 'spanId'],
  properties: {
    type: { type: 'string', enum: ['open', 'update', 'close'] },
    traceId: { ...text, description: "32 hex digits, or any name; default: the envelope's." },
    spanId: { ...text, description: '16 hex digits, or any name.' },
    parentSpanId: text,
    name: text,
    spanType: { type: 'string', enum: SPAN_TYPES, default: 'step' },
    startUs: { ...integer, description: 'Microseconds since 1970; default: now.' },
    startTime: { type: 'string', format: 'date-time' },
    endUs: { ...integer, description: 'Microseconds since 1970; default: now.' },
    endTime: { type: 'string', format: 'date-time' },
    seq: { ...integer, description: "Default: the number that the span's next update has." },
    outputDelta: text,
    input: { description: 'Any JSON.' },
    output: { description: 'Any JSON.' },
    attributes: object,
    logs: { type: 'array' },
    links: { type: 'array' },
    status: { type: 'string', enum: SPAN_STATUSES },
    error: { description: 'A text, or a map of type, message and stack.' },
    usage: object,
  },
} as const;

const envelope = {
  type: 'object',
  required: ['events'],
  properties: {
    traceId: { ...text, description: 'Of events without one.' },
    producer: { ...text, description: 'With number: what was accepted is a duplicate.' },
    number: { type: 'integer', minimum: 1 },
    leaseMs: { type: 'integer', minimum: 1, default: 600_000 },
    fin: { type: 'boolean', default: false },
    events: { type: 'array', items: event },
  },
} as const;

const result = {
  type: 'object',
  properties: {
    traceId: text,
    outcome: { type: 'string', enum: ['appended', 'duplicate', 'refused'] },
    position: text,
    spanIds: { type: 'object', additionalProperties: text },
    code: text,
    message: text,
    retry: { type: 'boolean' },
  },
} as const;

const binary = { schema: { type: 'string', format: 'binary' } } as const;

function problem(description: string): object {
  return {
    description,
    content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
  };
}

/** What the OpenAPI document says of `POST /api/v1/ingest`. */
export const INGEST_SCHEMA = {
  tags: ['publish'],
  summary: 'Publish events',
  description: 'JSON for people and scripts; MessagePack for publishers (PROTOCOL.md §10).',
  body: {
    content: {
      'application/json': {
        schema: { anyOf: [event, { type: 'array', items: event }, envelope] },
      },
      'application/x-ndjson': { schema: text },
      'application/msgpack': binary,
    },
  },
  response: {
    200: {
      description: 'All of it is in the log.',
      content: {
        'application/json': {
          schema: { type: 'object', properties: { results: { type: 'array', items: result } } },
        },
        'application/msgpack': binary,
      },
    },
    400: problem('Something is wrong; the problem names it. The other runs went in.'),
    413: problem('Larger than a limit.'),
    415: problem('Neither JSON nor MessagePack.'),
    429: problem('Too much in flight; send again later.'),
    503: problem('The log does not answer; send again later.'),
  },
} as const;
