import {
  buildPayload,
  encodeBlobList,
  fromHex,
  toHex,
  type Blob,
  type Payload,
} from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { BlobStore, type BlobStoreOptions } from '../../../client/src/blobs/blob-store.ts';
import { hashBlob } from '../../support/codec/hash-blob.ts';

const TRACE = 'a'.repeat(32);
const OTHER_TRACE = 'b'.repeat(32);

interface FakeGateway {
  blobs: Map<string, Uint8Array>;
  requests: { traceId: string; hashes: string[]; signal: AbortSignal }[];
  /** Comes before the answer. */
  before: (attempt: number, signal: AbortSignal) => Promise<Response | undefined>;
}

function make(options: Partial<BlobStoreOptions> = {}) {
  const gateway: FakeGateway = {
    blobs: new Map(),
    requests: [],
    before: () => Promise.resolve(undefined),
  };
  const fetch = async (input: unknown, init?: RequestInit): Promise<Response> => {
    const url = new URL(String(input));
    expect(url.pathname).toBe('/api/v1/blobs');
    const hashes = url.searchParams.getAll('hash');
    const traceId = url.searchParams.get('traceId') ?? '';
    const signal = init?.signal ?? new AbortController().signal;
    gateway.requests.push({ traceId, hashes, signal });
    const instead = await gateway.before(gateway.requests.length, signal);
    if (instead !== undefined) return instead;
    const list = hashes.map((hash) => gateway.blobs.get(`${traceId}/${hash}`));
    return new Response(encodeBlobList(list).slice());
  };
  const closing = new AbortController();
  const store = new BlobStore({
    baseUrl: 'http://gateway',
    fetch,
    maxBytes: 1_000_000,
    random: () => 0,
    signal: closing.signal,
    ...options,
  });
  const publish = (value: unknown, traceId = TRACE): { payload: Payload; blobs: Blob[] } => {
    const built = buildPayload(value, hashBlob);
    for (const { ref, bytes } of built.blobs) gateway.blobs.set(`${traceId}/${toHex(ref)}`, bytes);
    return built;
  };
  return { gateway, store, publish, closing };
}

const text = (letter: string, length = 1_000): string => letter.repeat(length);
const messages = (count: number): object[] =>
  Array.from({ length: count }, (_, i) => ({ role: 'user', content: `${i} ${text('m', 100)}` }));

describe('[CL15] loading payloads by reference', () => {
  it('asks for nothing when the payload is inline or its blobs came along', async () => {
    const { store, gateway, publish } = make();
    const built = publish(text('x'));
    expect(await store.load(TRACE, buildPayload('short', hashBlob).payload)).toBe('short');
    for (const blob of built.blobs) store.keep(blob);
    expect(await store.load(TRACE, built.payload)).toBe(text('x'));
    expect(gateway.requests).toEqual([]);
  });

  it('loads a list of chunks level by level, and knows it afterwards', async () => {
    const { store, gateway, publish } = make();
    const list = messages(300);
    const { payload } = publish(list);
    expect(await store.load(TRACE, payload)).toEqual(list);
    const asked = gateway.requests.flatMap(({ hashes }) => hashes);
    expect(new Set(asked).size).toBe(asked.length);
    expect(gateway.requests.every(({ hashes }) => hashes.length <= 100)).toBe(true);
    const before = gateway.requests.length;
    expect(await store.load(TRACE, payload)).toEqual(list);
    expect(gateway.requests).toHaveLength(before);
  });

  it('asks once for what several want at the same time, also when nothing is kept', async () => {
    const { store, gateway, publish } = make({ maxBytes: 0 });
    const { payload } = publish(text('x'));
    const values = await Promise.all([1, 2, 3].map(() => store.load(TRACE, payload)));
    expect(values).toEqual([text('x'), text('x'), text('x')]);
    expect(gateway.requests).toHaveLength(1);
  });

  it('does not take another trace’s answer for its own', async () => {
    const { store, publish, gateway } = make();
    const { payload } = publish(text('x'), OTHER_TRACE);
    const [one, other] = await Promise.allSettled([
      store.load(TRACE, payload),
      store.load(OTHER_TRACE, payload),
    ]);
    expect(one).toMatchObject({ status: 'rejected', reason: { code: 'NOT_FOUND' } });
    expect(other).toMatchObject({ status: 'fulfilled' });
    expect(gateway.requests).toHaveLength(2);
  });

  it('keeps what was used last, and no more than its bound', async () => {
    const { store, gateway, publish } = make({ maxBytes: 2_500 });
    const [a, b, c] = [publish(text('a')), publish(text('b')), publish(text('c'))];
    await store.load(TRACE, a.payload);
    await store.load(TRACE, b.payload);
    await store.load(TRACE, a.payload);
    expect(store.bytes).toBe(2_000);
    await store.load(TRACE, c.payload);
    expect(store.bytes).toBe(2_000);
    expect(gateway.requests).toHaveLength(3);
    await store.load(TRACE, a.payload);
    expect(gateway.requests).toHaveLength(3);
    await store.load(TRACE, b.payload);
    expect(gateway.requests).toHaveLength(4);
  });

  it('tries again when the gateway does not answer, answers half, or says later', async () => {
    const { store, gateway, publish } = make();
    const { payload } = publish(text('x'));
    gateway.before = async (attempt) => {
      if (attempt === 1) throw new TypeError('fetch failed');
      if (attempt === 2) return new Response('busy', { status: 503 });
      if (attempt > 3) return undefined;
      const broken = new ReadableStream({ start: (stream) => stream.error(new Error('cut')) });
      return new Response(broken);
    };
    expect(await store.load(TRACE, payload)).toBe(text('x'));
    expect(gateway.requests).toHaveLength(4);
  });

  it('gives up after four attempts, and asks anew the next time', async () => {
    const { store, gateway, publish } = make();
    const { payload } = publish(text('x'));
    gateway.before = async () => new Response('busy', { status: 503 });
    await expect(store.load(TRACE, payload)).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    expect(gateway.requests).toHaveLength(4);
    gateway.before = async () => undefined;
    expect(await store.load(TRACE, payload)).toBe(text('x'));
  });

  it.each([
    [404, { code: 'TRACE_ID_INVALID' }, 'TRACE_ID_INVALID'],
    [400, 'not JSON', 'BAD_MESSAGE'],
    [404, {}, 'NOT_FOUND'],
    [400, { code: 'constructor' }, 'BAD_MESSAGE'],
  ])('does not ask again after %d %j', async (status, body, code) => {
    const { store, gateway, publish } = make();
    gateway.before = async () => new Response(JSON.stringify(body), { status });
    await expect(store.load(TRACE, publish(text('x')).payload)).rejects.toMatchObject({ code });
    expect(gateway.requests).toHaveLength(1);
  });

  it('says what is not there any more', async () => {
    const { store, gateway, publish } = make();
    const { payload, blobs } = publish(messages(40));
    const [gone] = blobs;
    gateway.blobs.delete(`${TRACE}/${toHex(gone?.ref ?? new Uint8Array())}`);
    const failed = store.load(TRACE, payload);
    await expect(failed).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(failed).rejects.toThrow(toHex(gone?.ref ?? new Uint8Array()));
    expect(fromHex('00')).toEqual(new Uint8Array(1));
  });

  it('[CL12] stops asking when the client is closed', async () => {
    const { store, gateway, publish, closing } = make();
    const asked = new Promise<void>((resolve) => {
      gateway.before = (_, signal) => {
        resolve();
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')));
        });
      };
    });
    const loading = store.load(TRACE, publish(text('x')).payload);
    await asked;
    closing.abort();
    await expect(loading).rejects.toThrow('the client was closed');
    expect(gateway.requests).toHaveLength(1);
  });
});
