import { checkMessagePack } from '@spantail/protocol';
import fc from 'fast-check';
import { Packr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../support/codec/expect-code.ts';

const packr = new Packr({ useRecords: false, variableMapSize: true });
const limits = { depth: 64, bytes: 1_000_000 };

function check(hex: string): void {
  checkMessagePack(Buffer.from(hex, 'hex'), limits);
}

describe('the MessagePack walker', () => {
  it('[EV8] accepts every value that MessagePack has', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 5 },
        fc.string({ unit: 'binary' }),
        fc.uint8Array({ maxLength: 300 }),
        fc.double(),
        fc.maxSafeInteger(),
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('any'), { maxLength: 40 }),
        fc.dictionary(fc.string(), tie('any'), { maxKeys: 20 }),
      ),
    })).any;
    fc.assert(
      fc.property(value, (any) => {
        checkMessagePack(packr.pack(any), { depth: 20, bytes: 10_000_000 });
      }),
      { numRuns: 300 },
    );
  });

  it('[EV8] refuses each proper beginning of a value, and anything behind it', () => {
    const bytes = packr.pack({ a: [1, 'text', new Uint8Array(300), 1.5, -70_000], b: { c: null } });
    for (let end = 0; end < bytes.byteLength; end++)
      expectCode('EVENT_INVALID', () => checkMessagePack(bytes.subarray(0, end), limits));
    const more = Buffer.concat([bytes, Buffer.of(0xc0)]);
    expect(expectCode('EVENT_INVALID', () => checkMessagePack(more, limits))).toContain(
      `at byte ${bytes.byteLength}`,
    );
  });

  it('[EV8] never takes random bytes for more than they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        let taken = true;
        try {
          checkMessagePack(bytes, limits);
        } catch {
          taken = false;
        }
        // What is taken decodes; the decoder throws for anything that ends too early.
        if (taken) packr.unpack(bytes);
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['a string of 64 MB', 'db04000000616161'],
    ['bin of 4 GB', 'c6ffffffff00'],
    ['an array of 4 G elements', 'ddffffffff00'],
    ['a map of 4 G entries', 'dfffffffff00'],
    ['a map32 without its length', 'df0000'],
    ['a fixed array', '93c0c0'],
  ])('[EV8] refuses %s that is not there', (_, hex) => {
    expectCode('EVENT_INVALID', () => check(hex));
  });

  it.each(['c1', 'd40000', 'd6ff00000000', 'c70001', 'c8000001', 'd80100'.padEnd(36, '0')])(
    '[EV8] refuses the extension or reserved type %s',
    (hex) => {
      expect(expectCode('EVENT_INVALID', () => check(hex))).toContain('at byte 0');
    },
  );

  it.each(['810101', '81c0c0', '81c4016101', '819001', '82a16101c201'])(
    '[EV8] refuses the map %s, which has a key that is not text',
    (hex) => {
      expect(expectCode('EVENT_INVALID', () => check(hex))).toContain('map key');
    },
  );

  it('[EV8] throws the code it is given', () => {
    expectCode('BATCH_INVALID', () =>
      checkMessagePack(new Uint8Array(), { ...limits, code: 'BATCH_INVALID' }),
    );
  });

  it('[EV9] counts arrays and maps as levels', () => {
    const nested = (levels: number): Uint8Array =>
      Buffer.from(`${'9181a161'.repeat(levels / 2)}c0`, 'hex');
    checkMessagePack(nested(64), limits);
    expectCode('EVENT_INVALID', () => checkMessagePack(nested(66), limits));
    checkMessagePack(nested(600), { ...limits, depth: 600 });
    // Side by side is not deeper.
    checkMessagePack(packr.pack(Array.from({ length: 1_000 }, () => [[[]]])), {
      ...limits,
      depth: 4,
    });
  });
});
