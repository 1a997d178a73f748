import { formatTraceparent, parseTraceparent, type TraceContext } from '@spantail/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spanId, traceId } from '../../support/codec/arbitrary-event.ts';

// The cases are those of the W3C specification (Level 1 and 2) and of its validation harness.
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const valid = `00-${TRACE}-${SPAN}-01`;

describe('traceparent', () => {
  it('[TC1] is the same when it was formatted and parsed', () => {
    const context: fc.Arbitrary<TraceContext> = fc.record(
      { traceId, spanId, sampled: fc.boolean(), random: fc.constant(true as const) },
      { requiredKeys: ['traceId', 'spanId', 'sampled'], noNullPrototype: true },
    );
    fc.assert(
      fc.property(context, (context) => {
        const text = formatTraceparent(context);
        expect(text).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]$/);
        expect(parseTraceparent(text)).toEqual(context);
      }),
    );
  });

  it('[TC1] reads the specification’s examples', () => {
    expect(parseTraceparent(valid)).toEqual({ traceId: TRACE, spanId: SPAN, sampled: true });
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-00`)).toMatchObject({ sampled: false });
    expect(formatTraceparent({ traceId: TRACE, spanId: SPAN, sampled: true })).toBe(valid);
  });

  it('[TC1] knows the flags sampled and random, and no other', () => {
    for (let flags = 0; flags < 256; flags++) {
      const digits = flags.toString(16).padStart(2, '0');
      const context = parseTraceparent(`00-${TRACE}-${SPAN}-${digits}`);
      expect(context?.sampled).toBe((flags & 1) === 1);
      expect(context?.random === true).toBe((flags & 2) === 2);
      if (context !== undefined) expect(formatTraceparent(context).slice(-2)).toBe(`0${flags & 3}`);
    }
  });

  it.each([
    ['version ff', `ff-${TRACE}-${SPAN}-01`],
    ['a version in capitals', `0A-${TRACE}-${SPAN}-01`],
    ['a version that is not hex', `.0-${TRACE}-${SPAN}-01`],
    ['a version of three digits', `000-${TRACE}-${SPAN}-01`],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['a trace id in capitals', valid.replace(TRACE, TRACE.toUpperCase())],
    ['a trace id with a stray character', `00-.${TRACE.slice(1)}-${SPAN}-01`],
    ['a trace id too short', `00-${TRACE.slice(2)}-${SPAN}-01`],
    ['a trace id too long', `00-${TRACE}00-${SPAN}-01`],
    ['a parent of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['a parent in capitals', valid.replace(SPAN, SPAN.toUpperCase())],
    ['a parent with a stray character', `00-${TRACE}-${SPAN.slice(1)}.-01`],
    ['flags that are not hex', `00-${TRACE}-${SPAN}-.1`],
    ['flags in capitals', `00-${TRACE}-${SPAN}-0A`],
    ['flags of one digit', `00-${TRACE}-${SPAN}-1`],
    ['a dash behind version 00', `${valid}-`],
    ['a field more in version 00', `${valid}-what-the-future-will-be-like`],
    ['a space inside', valid.replace('-', ' -')],
    ['a missing dash', valid.replace('-', '')],
    ['a line break behind it', `${valid}\n`],
    ['nothing', ''],
  ])('[TC2] is ignored with %s', (_, text) => {
    expect(parseTraceparent(text)).toBeUndefined();
  });

  it('[TC2] is ignored whatever else it is', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        expect(parseTraceparent(text)).toBeUndefined();
      }),
    );
  });

  it.each([
    ['nothing behind', ''],
    ['a dash behind', '-'],
    ['more fields', '-what-the-future-will-be-like'],
  ])('[TC3] is read in a later version with %s', (_, rest) => {
    for (const version of ['01', 'cc', 'fe'])
      expect(parseTraceparent(`${version}-${TRACE}-${SPAN}-01${rest}`)).toEqual({
        traceId: TRACE,
        spanId: SPAN,
        sampled: true,
      });
  });

  it('[TC3] is not read in a later version that goes on without a dash', () => {
    expect(parseTraceparent(`cc-${TRACE}-${SPAN}-01.what`)).toBeUndefined();
    expect(parseTraceparent(`cc-${TRACE}-${SPAN}-011`)).toBeUndefined();
  });
});
