import {
  LIMITS,
  buildPayload,
  buildPayloadFromJson,
  loadPayload,
  loadPayloadText,
  payloadRefs,
  type Blob,
} from '@spantail/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlobStore } from '../../support/codec/blob-store.ts';
import { expectCode } from '../../support/codec/expect-code.ts';
import { hashBlob } from '../../support/codec/hash-blob.ts';

async function roundTrip(value: unknown): Promise<unknown> {
  const store = new BlobStore();
  const { payload, blobs } = buildPayload(value, hashBlob);
  store.add(blobs);
  const json = JSON.stringify(value) ?? 'null';
  const text = await loadPayloadText(payload, store.load);
  expect(text).toBe(payload.mediaType === 'text/plain' ? value : json);
  expect(payload.bytes).toBe(Buffer.byteLength(text));
  return loadPayload(payload, store.load);
}

describe('building payloads', () => {
  it('[PL1] loads the value it was built from', async () => {
    const anyText = fc.string({ unit: 'binary', size: 'large' });
    const value = fc.oneof(
      fc.jsonValue(),
      anyText,
      fc.array(fc.jsonValue(), { maxLength: 300, size: 'max' }),
      fc.array(fc.record({ role: fc.constant('user'), content: anyText }), { maxLength: 300 }),
    );
    await fc.assert(
      fc.asyncProperty(value, async (value) => {
        const expected: unknown = JSON.parse(JSON.stringify(value));
        expect(await roundTrip(value)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('[PL1] gives the same from a snapshot as from the value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), fc.boolean(), (value, many) => {
        const whole = many ? Array.from({ length: 60 }, (_, index) => [index, value]) : value;
        expect(buildPayloadFromJson(JSON.stringify(whole), hashBlob)).toEqual(
          buildPayload(whole, hashBlob),
        );
      }),
    );
  });

  it('[PL1] cuts a list at its own commas only', async () => {
    const tricky = [
      'a,b',
      'say "x, y"',
      '\\',
      '\\"',
      '\\\\",',
      ['],[', { '},{': '"' }],
      {},
      [],
      '',
    ];
    const list = Array.from({ length: 40 }, (_, index) => [...tricky, index]).concat([tricky]);
    expect(await roundTrip(list)).toEqual(list);
    expect(await roundTrip(list.flat())).toEqual(list.flat());
  });

  it.each([[undefined], [() => 1], [Symbol('s')]])(
    '[PL1] takes what JSON lacks for null',
    async (value) => {
      const { payload } = buildPayload(value, hashBlob);
      expect(await loadPayload(payload, new BlobStore().load)).toBeNull();
    },
  );

  it('[PL1] gives back keys like __proto__ as data', async () => {
    const value: unknown = JSON.parse('{"__proto__":{"polluted":1},"constructor":2}');
    const loaded = await roundTrip(value);
    expect(Object.keys(loaded as object)).toEqual(['__proto__', 'constructor']);
    expect('polluted' in {}).toBe(false);
  });

  it('[PL2] keeps lone surrogates by writing JSON', async () => {
    const lone = 'a\uD800';
    expect(buildPayload('text', hashBlob).payload).toMatchObject({ mediaType: 'text/plain' });
    expect(buildPayload(lone, hashBlob).payload).toMatchObject({
      mediaType: 'application/json',
      parts: ['"a\\ud800"'],
    });
    expect(await roundTrip(lone.repeat(300))).toBe(lone.repeat(300));
    expect(await roundTrip([lone.repeat(300), lone])).toEqual([lone.repeat(300), lone]);
  });

  it('[PL3] keeps a part under 512 bytes inline', () => {
    const inline = buildPayload('é'.repeat(255), hashBlob);
    expect(inline).toMatchObject({ payload: { parts: ['é'.repeat(255)] }, blobs: [] });
    const { payload, blobs } = buildPayload('é'.repeat(256), hashBlob);
    const bytes = new TextEncoder().encode('é'.repeat(256));
    expect(blobs).toEqual([{ ref: hashBlob(bytes), bytes }]);
    expect(payload.parts).toEqual([hashBlob(bytes)]);
    expect(payloadRefs(payload)).toEqual([hashBlob(bytes)]);
  });

  it('[PL4] makes lists of arrays of messages, and of those alone', () => {
    const message = { role: 'user', content: 'x'.repeat(600) };
    const short = { role: 'user', content: 'a short message, but long enough' };
    const { payload, blobs } = buildPayload([message, short], hashBlob);
    expect(payload).toMatchObject({ mediaType: 'application/json', list: true });
    expect(blobs.map(({ bytes }) => Buffer.from(bytes).toString())).toContain(
      JSON.stringify(message),
    );
    const { payload: mixed, blobs: chunks } = buildPayload([message, { a: 1 }], hashBlob);
    const texts = [...mixed.parts, ...chunks.map(({ bytes }) => Buffer.from(bytes).toString())];
    expect(texts.some((text) => typeof text === 'string' && text.includes('{"a":1}'))).toBe(true);
    expect(chunks.every(({ bytes }) => Buffer.from(bytes).toString() !== '{"a":1}')).toBe(true);
    expect(buildPayload(['x'.repeat(200)], hashBlob).payload).not.toHaveProperty('list');
    const vector = Array.from({ length: 1_000 }, (_, index) => index / 7);
    expect(buildPayload(vector, hashBlob).payload).not.toHaveProperty('list');
    expect(buildPayload({ messages: [message] }, hashBlob).payload).not.toHaveProperty('list');
  });

  it('[PL4] names each blob once, though a message comes twice', () => {
    const message = { role: 'user', content: 'x'.repeat(600) };
    const { blobs } = buildPayload([message, message, { a: 'y'.repeat(600) }, message], hashBlob);
    const names = blobs.map(({ ref }: Blob) => Buffer.from(ref).toString('hex'));
    expect(new Set(names).size).toBe(names.length);
  });

  it('[PL7] previews the beginning, whole characters only', () => {
    const preview = (value: unknown): string => buildPayload(value, hashBlob).payload.preview;
    expect(preview('short\u0007')).toBe('short\u0007');
    expect(preview('x'.repeat(300))).toBe('x'.repeat(200));
    expect(preview(`${'x'.repeat(199)}😀`)).toBe('x'.repeat(199));
    expect(preview(`${'x'.repeat(198)}😀y`)).toBe(`${'x'.repeat(198)}😀`);
    expect(preview([{ a: 1 }])).toBe('[{"a":1}]');
    const list = Array.from({ length: 90 }, () => ({ role: 'user', content: 'x'.repeat(50) }));
    expect(preview(list)).toBe(JSON.stringify(list).slice(0, 200));
  });

  it('[PL8] refuses a part above the limit of a blob', () => {
    expectCode('TOO_LARGE', () => buildPayload('x'.repeat(LIMITS.blobBytes + 1), hashBlob));
    expectCode('TOO_LARGE', () => buildPayload([1, 'x'.repeat(LIMITS.blobBytes)], hashBlob));
  });
});
