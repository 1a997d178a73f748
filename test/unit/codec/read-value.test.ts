import fc from 'fast-check';
import { Packr } from 'msgpackr/pack';
import { Unpackr } from 'msgpackr/unpack';
import { describe, expect, it } from 'vitest';
import { unpackMessage, unpackViews } from '../../../shared/src/codec/unpack.ts';

const packr = new Packr({ useRecords: false, variableMapSize: true });
const oracle = new Unpackr({
  useRecords: false,
  mapsAsObjects: false,
  int64AsType: 'auto',
});
const LIMITS = { depth: 64, bytes: 10_000_000 };

/** Bytes of their own: msgpackr hands out views of one buffer. */
const pack = (value: unknown): Uint8Array => Uint8Array.from(packr.pack(value));

const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
    fc.double({ noNaN: true }),
    fc.constantFrom(true, false, null),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 40 }),
    fc
      .array(fc.tuple(fc.string({ maxLength: 40 }), tie('value')), { maxLength: 40 })
      .map((entries) => new Map(entries)),
  ),
})).value;

describe('reading MessagePack', () => {
  it('[EV1] reads what another implementation writes, as that one reads it', () => {
    fc.assert(
      fc.property(value, (given) => {
        const bytes = pack(given);
        expect(unpackMessage(bytes, LIMITS)).toEqual(oracle.unpack(Uint8Array.from(bytes)));
      }),
      { numRuns: 1_000 },
    );
  });

  it('[EV1] reads every form of a number, length and text', () => {
    const forms: [number[], unknown][] = [
      [[0xca, 0x3f, 0xc0, 0, 0], 1.5],
      [[0xcc, 0xff], 255],
      [[0xcd, 0xff, 0xfe], 65_534],
      [[0xce, 0xff, 0xff, 0xff, 0xff], 4_294_967_295],
      [[0xcf, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], Number.MAX_SAFE_INTEGER],
      [[0xcf, 0, 0x20, 0, 0, 0, 0, 0, 0], 2n ** 53n],
      [[0xd0, 0x80], -128],
      [[0xd1, 0x80, 0], -32_768],
      [[0xd2, 0x80, 0, 0, 0], -2_147_483_648],
      [[0xd3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], -1],
      [[0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0], -(2n ** 63n)],
      [[0xd9, 1, 0x61], 'a'],
      [[0xda, 0, 1, 0x61], 'a'],
      [[0xdb, 0, 0, 0, 1, 0x61], 'a'],
      [[0xdc, 0, 1, 0xc0], [null]],
      [[0xdd, 0, 0, 0, 1, 0xc2], [false]],
      [[0xde, 0, 1, 0xa1, 0x61, 1], new Map([['a', 1]])],
      [[0xdf, 0, 0, 0, 1, 0xa1, 0x61, 0xe0], new Map([['a', -32]])],
      [[0xc6, 0, 0, 0, 1, 7], Uint8Array.of(7)],
    ];
    for (const [bytes, read] of forms)
      expect(unpackMessage(Uint8Array.from(bytes), LIMITS)).toEqual(read);
  });

  it('[EV15] copies bytes, or shares them where that was asked for', () => {
    const bytes = Buffer.from(pack(new Map([['b', Uint8Array.of(1, 2, 3)]])));
    const copied = unpackMessage(bytes, LIMITS) as Map<string, Uint8Array>;
    const shared = unpackViews(bytes, LIMITS) as Map<string, Uint8Array>;
    bytes.fill(9);
    expect(copied.get('b')).toEqual(Uint8Array.of(1, 2, 3));
    expect(shared.get('b')).toEqual(Uint8Array.of(9, 9, 9));
    // Never a Buffer, whatever it was read from.
    expect(shared.get('b')?.constructor).toBe(Uint8Array);
  });
});
