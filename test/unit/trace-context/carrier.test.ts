import { extractContext, injectContext, type TraceContext } from '@spantail/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spanId, traceId } from '../../support/codec/arbitrary-event.ts';

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const parent: TraceContext = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  sampled: true,
};

describe('a context in headers and environment variables', () => {
  it('[TC4] is extracted as it was injected', () => {
    const state = fc.constantFrom('rojo=00f067aa0ba902b7', 'rojo=1,congo=t61rcWkgMzE');
    const baggage = fc.constantFrom('userId=alice', 'a=1;p=2, b=%20');
    const context: fc.Arbitrary<TraceContext> = fc.record(
      { traceId, spanId, sampled: fc.boolean(), traceState: state, baggage },
      { requiredKeys: ['traceId', 'spanId', 'sampled'], noNullPrototype: true },
    );
    fc.assert(
      fc.property(
        context,
        fc.constantFrom<'headers' | 'environment'>('headers', 'environment'),
        (context, names) => {
          const carrier: Record<string, string> = {};
          injectContext(context, carrier, { names });
          expect(extractContext(carrier)).toEqual(context);
          const keys = Object.keys(carrier);
          expect(keys).toEqual(
            keys.map((key) => (names === 'headers' ? key.toLowerCase() : key.toUpperCase())),
          );
          for (const pairs of [new Headers(carrier), new Map(Object.entries(carrier))])
            expect(extractContext(pairs)).toEqual(context);
        },
      ),
    );
  });

  it('[TC4] compares names without case, and takes arrays', () => {
    expect(extractContext({ TraceParent: traceparent, 'X-Other': 'x' })).toEqual(parent);
    expect(extractContext({ TRACEPARENT: [traceparent] })).toEqual(parent);
    expect(extractContext({ traceparent: ` ${traceparent}\t` })).toEqual(parent);
    expect(extractContext({ traceparent: undefined })).toBeUndefined();
    // Not the name: a hyphen, an underscore or a prefix is another header.
    for (const name of ['trace-parent', 'trace_parent', 'xtraceparent'])
      expect(extractContext({ [name]: traceparent })).toBeUndefined();
  });

  it('[TC4] replaces what the carrier said before, whatever its case', () => {
    const carrier = { TraceParent: 'old', TRACESTATE: 'old=1', Baggage: 'old=1', other: 'kept' };
    injectContext(parent, carrier);
    expect(carrier).toEqual({ other: 'kept', traceparent });
  });

  it('[TC5] hands tracestate and baggage on unchanged, several joined', () => {
    const carrier = { traceparent, tracestate: ['foo=1', 'bar=2, baz=3'], baggage: ['a=1', 'b=2'] };
    const context = extractContext(carrier);
    expect(context).toEqual({ ...parent, traceState: 'foo=1,bar=2, baz=3', baggage: 'a=1,b=2' });
    const next: Record<string, string> = {};
    if (context !== undefined) injectContext(context, next);
    expect(next['tracestate']).toBe('foo=1,bar=2, baz=3');
  });

  it.each([
    'foo=1',
    'foo=1,bar=2',
    'foo=1 , bar=2',
    'foo=1,,bar=2',
    'foo@tenant=1',
    '0a_-*/=x',
    `${'z'.repeat(256)}=1`,
    `foo=${'v'.repeat(256)}`,
    'foo= 1',
    Array.from({ length: 32 }, (_, i) => `k${i}=1`).join(','),
  ])('[TC5] takes the tracestate %s', (tracestate) => {
    expect(extractContext({ traceparent, tracestate })?.traceState).toBe(tracestate);
  });

  it.each([
    '',
    'foo',
    'foo =1',
    'FOO=1',
    'foo=1=2',
    '=1',
    'foo@=1',
    '@foo=1',
    'foo@bar@baz=1',
    'foo.bar=1',
    'foo=ü',
    `${'z'.repeat(257)}=1`,
    `foo=${'v'.repeat(257)}`,
    Array.from({ length: 33 }, (_, i) => `k${i}=1`).join(','),
  ])('[TC5] leaves out the tracestate %s, and nothing else', (tracestate) => {
    expect(extractContext({ traceparent, tracestate, baggage: 'a=1' })).toEqual({
      ...parent,
      baggage: 'a=1',
    });
  });

  it('[TC5] leaves out a baggage that is too long or no header value', () => {
    for (const baggage of [`a=${'x'.repeat(8_191)}`, 'a=ü', 'a=\u0001'])
      expect(extractContext({ traceparent, baggage })).toEqual(parent);
    const longest = `a=${'x'.repeat(8_190)}`;
    expect(extractContext({ traceparent, baggage: longest })?.baggage).toBe(longest);
  });

  it('[TC5] is no context at all without a valid traceparent', () => {
    for (const carrier of [{}, { tracestate: 'foo=1', baggage: 'a=1' }])
      expect(extractContext(carrier)).toBeUndefined();
    expect(extractContext({ traceparent: 'x', tracestate: 'foo=1' })).toBeUndefined();
  });

  it('[TC6] never injects a line break or another control character', () => {
    const control = fc.integer({ min: 0, max: 0x1f }).map((code) => String.fromCharCode(code));
    const hostile = fc.tuple(fc.string(), control, fc.string()).map((parts) => parts.join(''));
    fc.assert(
      fc.property(hostile, fc.boolean(), (text, asState) => {
        const carrier: Record<string, string> = {};
        injectContext({ ...parent, [asState ? 'traceState' : 'baggage']: text }, carrier);
        expect(carrier).toEqual({ traceparent });
      }),
    );
    const carrier: Record<string, string> = {};
    const forged = { ...parent, traceId: `${'a'.repeat(32)}\r\nx: y` };
    injectContext(forged, carrier);
    expect(Object.values(carrier).join('')).not.toMatch(/[\r\n]/);
  });

  it('[TC7] takes two different parents as none, and two equal ones as one', () => {
    const other = traceparent.replace('-00f0', '-00f1');
    expect(extractContext({ traceparent: [traceparent, other] })).toBeUndefined();
    expect(extractContext({ traceparent, TRACEPARENT: other })).toBeUndefined();
    expect(extractContext({ traceparent: [traceparent, traceparent] })).toEqual(parent);
    // Joined into one header by a proxy.
    expect(extractContext({ traceparent: `${traceparent}, ${other}` })).toBeUndefined();
    expect(
      extractContext([
        ['traceparent', traceparent],
        ['Traceparent', other],
      ]),
    ).toBeUndefined();
  });
});

describe('a context in messages', () => {
  const full: TraceContext = { ...parent, traceState: 'rojo=1', baggage: 'user=7' };

  it('[TC8] is in `_meta` under the names of the headers, beside what is there', () => {
    const meta: Record<string, unknown> = { progressToken: 7, 'com.example/key': { a: 1 } };
    injectContext(full, meta);
    expect(meta).toEqual({
      progressToken: 7,
      'com.example/key': { a: 1 },
      traceparent,
      tracestate: 'rojo=1',
      baggage: 'user=7',
    });
    expect(extractContext(meta)).toEqual(full);
  });

  it('[TC9] is read from text and bytes, alone and in lists, in maps, pairs and lists of maps', () => {
    const bytes = Buffer.from(traceparent);
    for (const value of [traceparent, bytes, new Uint8Array(bytes), [bytes], [traceparent]]) {
      expect(extractContext({ traceparent: value, 'x-other': 3 })).toEqual(parent);
      expect(extractContext(new Map([['traceparent', value]]))).toEqual(parent);
      expect(extractContext([['traceparent', value]])).toEqual(parent);
      expect(extractContext([{ other: 'x' }, { traceparent: value }])).toEqual(parent);
    }
  });

  it('[TC9] is written as text or as bytes, into maps and by `set`', () => {
    const message: Record<string, unknown> = {
      key: Buffer.from('k'),
      TraceState: Buffer.from('old=1'),
    };
    injectContext(full, message, { values: 'bytes' });
    expect(Object.keys(message)).toEqual(['key', 'traceparent', 'tracestate', 'baggage']);
    expect(message['traceparent']).toEqual(new Uint8Array(Buffer.from(traceparent)));
    expect(extractContext(message)).toEqual(full);
    for (const carrier of [
      new Headers({ traceparent: 'old' }),
      new Map([['traceparent', 'old']]),
    ]) {
      injectContext(full, carrier);
      expect(extractContext(carrier)).toEqual(full);
    }
  });

  it('[TC9] is not there where the carrier is absent or holds anything else', () => {
    const values = [7, true, null, undefined, {}, [[]], new Uint8Array([0xff, 0xfe]), new Date()];
    for (const value of values) expect(extractContext({ traceparent: value })).toBeUndefined();
    for (const carrier of [undefined, null, 'traceparent', 7, [], [null, 7, 'x'], new Map()])
      expect(extractContext(carrier as never)).toBeUndefined();
  });
});
