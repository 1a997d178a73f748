import { LIMITS, decodeEvent, encodeEvent, type TraceEvent } from '@spantail/protocol';
import { pack } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../support/codec/expect-code.ts';

const update = { type: 'update', spanId: '00f067aa0ba902b7', seq: 0 } as const;

function decodeFields(fields: unknown): TraceEvent {
  return decodeEvent(new Uint8Array(pack(fields)));
}

describe('hostile events', () => {
  it('[EV5] writes numbers that JSON does not have as text', () => {
    const attributes = {
      a: Number.NaN,
      b: [Number.POSITIVE_INFINITY],
      c: Number.NEGATIVE_INFINITY,
    };
    expect(decodeEvent(encodeEvent({ ...update, attributes })).attributes).toEqual({
      a: 'NaN',
      b: ['Infinity'],
      c: '-Infinity',
    });
  });

  it('[EV5] reads such numbers from other writers as the same text', () => {
    const attributes = {
      a: Number.NaN,
      b: 2n ** 63n,
      c: [-(2n ** 62n)],
      d: { e: 2n ** 40n },
      f: -0,
    };
    expect(decodeFields({ ...update, attributes }).attributes).toEqual({
      a: 'NaN',
      b: '9223372036854775808',
      c: ['-4611686018427387904'],
      d: { e: 2 ** 40 },
      f: 0,
    });
  });

  it('[EV6] replaces lone surrogates, wherever they stand', () => {
    const lone = 'a\uD800b';
    const long = lone.repeat(100);
    const event: TraceEvent = {
      type: 'close',
      spanId: update.spanId,
      endUs: 1,
      status: 'error',
      error: { type: lone, message: long, stack: lone },
      attributes: { [lone]: long },
    };
    expect(decodeEvent(encodeEvent(event))).toMatchObject({
      error: { type: 'a\uFFFDb', message: 'a\uFFFDb'.repeat(100), stack: 'a\uFFFDb' },
      attributes: { 'a\uFFFDb': 'a\uFFFDb'.repeat(100) },
    });
    const delta = encodeEvent({ ...update, outputDelta: 'ok 😀 \uDC00', name: lone });
    expect(decodeEvent(delta)).toMatchObject({ outputDelta: 'ok 😀 \uFFFD', name: 'a\uFFFDb' });
  });

  it('[EV6] refuses text that is not UTF-8', () => {
    for (const bad of ['eda080', 'c0af', 'f8888080', '80', 'e282', 'f4908080']) {
      const bytes = encodeEvent({ ...update, outputDelta: 'x'.repeat(bad.length / 2) });
      bytes.set(Buffer.from(bad, 'hex'), bytes.byteLength - bad.length / 2);
      expect(expectCode('EVENT_INVALID', () => decodeEvent(bytes))).toContain('not UTF-8');
    }
  });

  it('[EV7] leaves out __proto__ and pollutes nothing', () => {
    const hostile = new Map<string, unknown>([
      ['__proto__', new Map([['polluted', 'yes']])],
      ['constructor', new Map([['prototype', new Map([['polluted', 'yes']])]])],
      ['prototype', 'p'],
      ['toString', 't'],
      ['kept', new Map([['__proto__', 1]])],
    ]);
    const fields = new Map<string, unknown>([
      ...Object.entries(update),
      ['attributes', hostile],
      ['__proto__', new Map([['name', 'from the prototype']])],
      ['constructor', 7],
    ]);
    const event = decodeFields(fields);
    expect(Object.keys(event).sort()).toEqual(['attributes', 'seq', 'spanId', 'type']);
    const { attributes = {} } = event;
    expect(Object.keys(attributes).sort()).toEqual([
      'constructor',
      'kept',
      'prototype',
      'toString',
    ]);
    expect(attributes['constructor']).toEqual({ prototype: { polluted: 'yes' } });
    expect(attributes['kept']).toEqual({});
    expect(Object.getPrototypeOf(attributes)).toBe(Object.prototype);
    expect('polluted' in {}).toBe(false);
    // A writer leaves it out too.
    const written = encodeEvent({
      ...update,
      attributes: JSON.parse('{"__proto__": {"polluted": "yes"}, "a": 1}') as { a: number },
    });
    expect(Buffer.from(written).includes('__proto__')).toBe(false);
    expect(decodeEvent(written).attributes).toEqual({ a: 1 });
  });

  it('[EV9] refuses nesting 10,000 deep in the order of its bytes', () => {
    const start = encodeEvent({ ...update, attributes: {} });
    const deep = Buffer.concat([start.subarray(0, -1), Buffer.from([0x81, 0xa1, 0x61])]);
    const arrays = Buffer.concat([deep, Buffer.alloc(10_000, 0x91), Buffer.from([0xc0])]);
    expect(expectCode('EVENT_INVALID', () => decodeEvent(arrays))).toContain('deeper than 64');
    const maps = Buffer.concat([
      deep,
      Buffer.from('81a161'.repeat(10_000), 'hex'),
      Buffer.of(0xc0),
    ]);
    expect(expectCode('EVENT_INVALID', () => decodeEvent(maps))).toContain('deeper than 64');
  });

  it('[EV9] takes exactly the nesting it writes', () => {
    const nested = (levels: number): Record<string, never> | never[] =>
      JSON.parse('['.repeat(levels) + ']'.repeat(levels)) as never[];
    // The event and its attributes are two levels.
    const most = { a: nested(LIMITS.depth - 2) };
    expect(decodeEvent(encodeEvent({ ...update, attributes: most })).attributes).toEqual(most);
    const more = { a: nested(LIMITS.depth - 1) };
    expectCode('EVENT_INVALID', () => encodeEvent({ ...update, attributes: more }));
    expectCode('EVENT_INVALID', () => decodeFields({ ...update, attributes: more }));
    const withLog = (levels: number): TraceEvent => ({
      ...update,
      logs: [{ timeUs: 1, message: 'm', attributes: { a: nested(levels) } }],
    });
    expect(decodeEvent(encodeEvent(withLog(LIMITS.depth - 4)))).toMatchObject({ seq: 0 });
    expectCode('EVENT_INVALID', () => encodeEvent(withLog(LIMITS.depth - 3)));
  });

  it('[EV10] refuses an event of 10 MB', () => {
    const bytes = encodeEvent({ ...update, outputDelta: 'x'.repeat(10_000_000) });
    expect(expectCode('TOO_LARGE', () => decodeEvent(bytes))).toContain('1048576');
    const fits = encodeEvent({ ...update, outputDelta: 'x'.repeat(LIMITS.eventBytes - 100) });
    expect(decodeEvent(fits)).toMatchObject({ seq: 0 });
  });
});
