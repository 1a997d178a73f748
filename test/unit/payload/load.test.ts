import {
  SpantailError,
  buildPayload,
  loadPayload,
  loadPayloadText,
  toHex,
  type ErrorCode,
  type Payload,
  type PayloadItem,
} from '@spantail/protocol';
import { pack } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { BlobStore } from '../../support/codec/blob-store.ts';
import { hashBlob } from '../../support/codec/hash-blob.ts';

function listOf(parts: PayloadItem[]): Payload {
  return { mediaType: 'application/json', bytes: 0, preview: '', parts, list: true };
}

function put(store: BlobStore, bytes: Uint8Array): Uint8Array {
  const ref = hashBlob(bytes);
  store.add([{ ref, bytes }]);
  return ref;
}

function putChunk(store: BlobStore, items: unknown): Uint8Array {
  return put(store, new Uint8Array(pack(items)));
}

async function codeOf(promise: Promise<unknown>): Promise<ErrorCode | 'none'> {
  try {
    await promise;
    return 'none';
  } catch (error) {
    expect(error).toBeInstanceOf(SpantailError);
    return (error as SpantailError).code;
  }
}

describe('loading payloads', () => {
  it('[PL9] asks level by level, for each blob once', async () => {
    const messages = Array.from({ length: 3_000 }, (_, index) => ({
      role: 'user',
      content: `${index % 700} ${'x'.repeat(100)}`,
    }));
    const store = new BlobStore();
    const { payload, blobs } = buildPayload(messages, hashBlob);
    store.add(blobs);
    expect(await loadPayload(payload, store.load)).toEqual(messages);
    expect(store.requests.length).toBeLessThan(16);
    const asked = store.requests.flat().map(toHex);
    expect(new Set(asked).size).toBe(asked.length);
    expect(asked.length).toBe(blobs.length);
  });

  it('[PL9] asks for nothing that is inline', async () => {
    const store = new BlobStore();
    expect(await loadPayload(buildPayload({ a: 1 }, hashBlob).payload, store.load)).toEqual({
      a: 1,
    });
    expect(await loadPayloadText(buildPayload('x', hashBlob).payload, store.load)).toBe('x');
    expect(store.requests).toEqual([]);
  });

  it('[PL10] refuses a chunk that holds more or fewer parts than declared', async () => {
    const store = new BlobStore();
    const chunk = putChunk(store, ['1', '2']);
    expect(await loadPayload(listOf([{ chunk, parts: 2 }]), store.load)).toEqual([1, 2]);
    for (const parts of [1, 3])
      expect(await codeOf(loadPayload(listOf([{ chunk, parts }]), store.load))).toBe(
        'EVENT_INVALID',
      );
  });

  it.each([
    [7],
    ['text'],
    [{}],
    [[7]],
    [[new Uint8Array(3)]],
    [[[new Uint8Array(16), 'x']]],
    [[[]]],
  ])('[PL10] refuses a malformed chunk (%#)', async (items) => {
    const store = new BlobStore();
    const payload = listOf([{ chunk: putChunk(store, items), parts: 1 }]);
    expect(await codeOf(loadPayload(payload, store.load))).toBe('EVENT_INVALID');
  });

  it('[PL10] refuses chunks nested without end, and chunks that multiply', async () => {
    const store = new BlobStore();
    let chunk = putChunk(store, ['1']);
    for (let level = 0; level < 30; level++) chunk = putChunk(store, [[chunk, 1]]);
    expect(await codeOf(loadPayload(listOf([{ chunk, parts: 1 }]), store.load))).toBe(
      'EVENT_INVALID',
    );

    let bomb = putChunk(store, ['1', '1']);
    let parts = 2;
    for (let level = 0; level < 40; level++) {
      bomb = putChunk(store, [
        [bomb, parts],
        [bomb, parts],
      ]);
      parts *= 2;
    }
    expect(await codeOf(loadPayload(listOf([{ chunk: bomb, parts }]), store.load))).toBe(
      'TOO_LARGE',
    );
    const lying = listOf([{ chunk: bomb, parts: 1_000 }]);
    expect(await codeOf(loadPayload(lying, store.load))).toBe('EVENT_INVALID');
  });

  it('[PL10] takes no chunk that names itself for one', async () => {
    // Only a loader that lies can do this: the name is a hash.
    const self = new Uint8Array(16);
    const bytes = new Uint8Array(pack([[self, 1]]));
    const load = async (): Promise<Uint8Array[]> => [bytes];
    expect(await codeOf(loadPayload(listOf([{ chunk: self, parts: 1 }]), load))).toBe(
      'EVENT_INVALID',
    );
  });

  it('[PL10] says which blob is not there', async () => {
    const { payload } = buildPayload('x'.repeat(600), hashBlob);
    const promise = loadPayload(payload, new BlobStore().load);
    expect(await codeOf(promise)).toBe('NOT_FOUND');
    await expect(promise).rejects.toThrow(toHex(payload.parts[0] as Uint8Array));
  });

  it('[PL10] refuses parts that are no JSON or no UTF-8', async () => {
    const store = new BlobStore();
    const bad = put(store, new Uint8Array([0xff, 0xff]));
    expect(await codeOf(loadPayload(listOf([bad]), store.load))).toBe('EVENT_INVALID');
    expect(await codeOf(loadPayload(listOf(['{']), store.load))).toBe('EVENT_INVALID');
    expect(await codeOf(loadPayload(listOf(['1,2']), store.load))).toBe('EVENT_INVALID');
  });

  it('[PL1] keeps a byte order mark', async () => {
    const store = new BlobStore();
    const text = `\uFEFF${'x'.repeat(600)}`;
    const { payload, blobs } = buildPayload(text, hashBlob);
    store.add(blobs);
    expect(await loadPayload(payload, store.load)).toBe(text);
  });
});
