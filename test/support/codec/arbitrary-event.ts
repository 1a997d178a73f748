import {
  SPAN_STATUSES,
  SPAN_TYPES,
  buildPayload,
  type AttributeValue,
  type Attributes,
  type Payload,
  type TraceEvent,
} from '@spantail/protocol';
import fc from 'fast-check';
import { hashBlob } from './hash-blob.ts';

/** Text as UTF-8 has it: any character, no lone surrogate. */
const text = fc.string({ unit: 'binary' });
const name = fc.string({ unit: 'binary', maxLength: 1_024 });
const timeUs = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const HEX_DIGITS = '0123456789abcdef'.split('');
const hex = (length: number): fc.Arbitrary<string> =>
  fc
    .string({ unit: fc.constantFrom(...HEX_DIGITS), minLength: length, maxLength: length })
    .filter((id) => !/^0+$/.test(id));
export const spanId = hex(16);
export const traceId = hex(32);

const key = text.filter((candidate) => candidate !== '__proto__');
const number = fc
  .oneof(fc.integer(), fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .map((value) => value + 0);
const attributeValue = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;
export const attributes: fc.Arbitrary<Attributes> = fc.dictionary(key, attributeValue, {
  maxKeys: 6,
  noNullPrototype: true,
});

const payload: fc.Arbitrary<Payload> = fc
  .oneof(
    fc.jsonValue(),
    text,
    fc.array(fc.record({ role: fc.constantFrom('user', 'assistant'), content: text }), {
      maxLength: 40,
    }),
  )
  .map((value) => buildPayload(value, hashBlob).payload);

const log = fc.record(
  {
    timeUs,
    message: text,
    level: fc.constantFrom('debug' as const, 'info' as const, 'warn' as const, 'error' as const),
    attributes,
  },
  { requiredKeys: ['timeUs', 'message'], noNullPrototype: true },
);
const link = fc.record(
  { traceId, spanId, attributes },
  { requiredKeys: ['traceId', 'spanId'], noNullPrototype: true },
);
const dropped = fc.record(
  { events: fc.nat(), updates: fc.nat(), payloads: fc.nat() },
  { requiredKeys: [], noNullPrototype: true },
);
const error = fc.record(
  { type: text, message: text, stack: text },
  { requiredKeys: ['type', 'message'], noNullPrototype: true },
);
const usage = fc.record(
  {
    inputTokens: fc.nat(),
    outputTokens: fc.nat(),
    cachedInputTokens: fc.nat(),
    reasoningTokens: fc.nat(),
    totalTokens: fc.nat(),
    costUsd: fc.double({ min: 0, max: 1e6, noNaN: true }),
  },
  { requiredKeys: [], noNullPrototype: true },
);

/** Any valid event. */
export const event: fc.Arbitrary<TraceEvent> = fc.oneof(
  fc.record(
    {
      type: fc.constant('open' as const),
      spanId,
      parentSpanId: spanId,
      name,
      spanType: fc.constantFrom(...SPAN_TYPES),
      startUs: timeUs,
      attributes,
      input: payload,
      links: fc.array(link, { maxLength: 3 }),
      dropped,
    },
    { requiredKeys: ['type', 'spanId', 'name', 'spanType', 'startUs'], noNullPrototype: true },
  ),
  fc.record(
    {
      type: fc.constant('update' as const),
      spanId,
      seq: fc.nat(),
      attributes,
      outputDelta: text,
      logs: fc.array(log, { maxLength: 3 }),
      name,
      spanType: fc.constantFrom(...SPAN_TYPES),
      input: payload,
      dropped,
    },
    { requiredKeys: ['type', 'spanId', 'seq'], noNullPrototype: true },
  ),
  fc.record(
    {
      type: fc.constant('close' as const),
      spanId,
      endUs: timeUs,
      status: fc.constantFrom(...SPAN_STATUSES),
      error,
      output: payload,
      attributes,
      usage,
      reason: fc.constant('lost' as const),
      dropped,
    },
    { requiredKeys: ['type', 'spanId', 'endUs', 'status'], noNullPrototype: true },
  ),
);
