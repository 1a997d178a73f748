import {
  LIMITS,
  decodeEvent,
  encodeEvent,
  toNormalForm,
  toSpanEvents,
  type Attributes,
  type OtelSpan,
} from '@spantail/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildPayloadFor } from '../../support/normal/payload.ts';
import { normalOf, spanWith } from '../../support/normal/cases.ts';
import { CONTENTS, FLAT_ATTRIBUTES } from '../../../shared/src/normal/names/contents.ts';
import { TEXTS } from '../../../shared/src/normal/names/scalars.ts';
import { TYPES } from '../../../shared/src/normal/names/types.ts';
import { USAGE } from '../../../shared/src/normal/names/usage.ts';

const names = [
  ...Object.values({ ...TEXTS, ...USAGE }).flatMap(({ from }) => from.map(([, key]) => key)),
  ...Object.values(CONTENTS).flatMap((all) => all.map(([, , key]) => key)),
  ...TYPES.map(({ key }) => key),
  'error.type',
  'exception.message',
  '__proto__',
  'constructor',
];
const lists = [...FLAT_ATTRIBUTES.map(([, key]) => key), 'llm.input_messages', 'gen_ai.prompt'];
const key = fc.oneof(
  fc.constantFrom(...names),
  fc
    .tuple(
      fc.constantFrom(...lists),
      fc.array(fc.constantFrom('0', '7', 'message', 'role', '__proto__', '', 'length', '1e9')),
    )
    .map(([list, path]) => [list, ...path].join('.')),
  fc.string({ unit: 'binary' }),
);
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc.constantFrom(...TYPES.flatMap(({ values }) => Object.keys(values)), 'text/plain', 'ERROR'),
);
const value = fc.oneof(
  text,
  fc.double(),
  fc.boolean(),
  fc.bigInt(),
  fc.anything({ withBigInt: true, withTypedArray: true, withNullPrototype: true }),
  fc.array(text),
  fc.constant(Symbol('no value')),
  fc.constant(() => {}),
);
const attributes = fc
  .array(fc.tuple(key, value), { maxLength: 24 })
  .map((entries) => Object.fromEntries(entries) as Attributes);
const span: fc.Arbitrary<OtelSpan> = fc.record({
  traceId: fc.constant('a'.repeat(32)),
  spanId: fc.constant('b'.repeat(16)),
  name: fc.string({ unit: 'binary' }),
  startUs: fc.constant(1),
  endUs: fc.constant(2),
  status: fc.constantFrom('unset' as const, 'ok' as const, 'error' as const),
  statusMessage: text,
  attributes,
  events: fc.array(
    fc.record({
      timeUs: fc.oneof(fc.nat(), fc.double()),
      name: fc.constantFrom(
        'exception',
        'gen_ai.choice',
        'gen_ai.user.message',
        'gen_ai.client.inference.operation.details',
        'gen_ai.content.prompt',
        'data.input',
        'metadata',
        'other',
      ),
      attributes,
    }),
    { maxLength: 4 },
  ),
  links: fc.constant([]),
  resource: fc.constant({}),
});

describe('hostile spans', () => {
  it('[NF10] never throw, and what comes of them can be encoded and stored', () => {
    fc.assert(
      fc.property(span, (one) => {
        const { open, close, input, output } = toSpanEvents(one);
        expect(decodeEvent(encodeEvent(open))).toMatchObject({ type: 'open' });
        if (close !== undefined) decodeEvent(encodeEvent(close));
        buildPayloadFor(input);
        buildPayloadFor(output);
        const { attributes: kept, logs } = toNormalForm(one);
        for (const map of [kept, ...logs.map((log) => log.attributes ?? {})])
          expect(Object.getPrototypeOf(map)).toBe(Object.prototype);
      }),
      { numRuns: 3_000 },
    );
    expect('polluted' in {}).toBe(false);
  });

  it('[NF10] leave what was given as it was', () => {
    fc.assert(
      fc.property(span, (one) => {
        const before = Object.entries(one.attributes);
        toNormalForm(one);
        expect(Object.entries(one.attributes)).toEqual(before);
      }),
      { numRuns: 300 },
    );
  });

  it.each([1_000, 100_000])('[NF10] nested %i deep are cut or stay texts', (depth) => {
    const deep = '['.repeat(depth) + ']'.repeat(depth);
    let nested: Attributes = {};
    for (let i = 0; i < 1_000; i++) nested = { nested };
    const given = { 'my.deep': nested, 'input.value': deep, 'output.value': nested };
    const { open, input, output } = toSpanEvents(spanWith(given));
    expect(input).toBe(deep);
    expect(decodeEvent(encodeEvent(open)).attributes?.['my.deep']).toBeDefined();
    buildPayloadFor(output);
    expect(JSON.stringify(output)).toContain('nested too deep');
  });

  it('[NF10] take exactly the nesting that an event can carry', () => {
    const nested = (levels: number): Attributes[string] =>
      levels === 0 ? 'end' : { a: nested(levels - 1) };
    const most = { 'my.deep': nested(LIMITS.depth - 2) };
    expect(normalOf(most).attributes).toEqual(most);
    const events = [{ timeUs: 1, name: 'log', attributes: { a: nested(LIMITS.depth - 4) } }];
    const { open } = toSpanEvents(spanWith(most, { events }));
    expect(decodeEvent(encodeEvent(open))).toMatchObject({
      attributes: most,
      logs: [{ attributes: events[0]?.attributes }],
    });
  });
});
