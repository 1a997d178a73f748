import {
  SpantailError,
  loadPayload,
  toHex,
  type Blob,
  type BlobRef,
  type Payload,
  type TraceId,
} from '@spantail/protocol';
import { fetchBlobs, type FetchBlobsOptions, type LoadedBlobs } from './fetch-blobs.ts';

export interface BlobStoreOptions extends FetchBlobsOptions {
  /** Bytes of blobs kept, the least recently used go first. */
  maxBytes: number;
}

/** Hashes in one request; keeps its URL below what proxies take. */
const HASHES_PER_REQUEST = 100;

/** Loads payloads by reference: from what was pushed or loaded before, else from the gateway. */
export class BlobStore {
  readonly #options: BlobStoreOptions;
  /** By hash, in order of use: content is the same in every trace. */
  readonly #kept = new Map<string, Uint8Array>();
  /** By trace and hash: what one trace has not, another one may have. */
  readonly #inFlight = new Map<string, Promise<LoadedBlobs>>();
  #bytes = 0;

  constructor(options: BlobStoreOptions) {
    this.#options = options;
  }

  /** @throws SpantailError NOT_FOUND, LOG_UNAVAILABLE, EVENT_INVALID */
  load(traceId: TraceId, payload: Payload): Promise<unknown> {
    return loadPayload(payload, (refs) => this.#get(traceId, refs));
  }

  keep({ ref, bytes }: Blob): void {
    this.#keep(toHex(ref), bytes);
  }

  /** Bytes kept now. One blob above `maxBytes` is kept until the next one comes. */
  get bytes(): number {
    return this.#bytes;
  }

  #keep(key: string, bytes: Uint8Array): void {
    if (this.#use(key) !== undefined) return;
    this.#kept.set(key, bytes);
    this.#bytes += bytes.byteLength;
    for (const [oldest, content] of this.#kept) {
      if (this.#bytes <= this.#options.maxBytes || oldest === key) break;
      this.#kept.delete(oldest);
      this.#bytes -= content.byteLength;
    }
  }

  /** Moves it behind all others: the first one is the least recently used. */
  #use(key: string): Uint8Array | undefined {
    const bytes = this.#kept.get(key);
    if (bytes === undefined) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, bytes);
    return bytes;
  }

  async #get(traceId: TraceId, refs: BlobRef[]): Promise<Uint8Array[]> {
    const found = new Map<string, Uint8Array>();
    const missing = new Set<string>();
    for (const key of refs.map(toHex)) {
      const kept = this.#use(key);
      if (kept === undefined) missing.add(key);
      else found.set(key, kept);
    }
    for (const request of this.#request(traceId, [...missing]))
      for (const [key, bytes] of await request) found.set(key, bytes);
    return refs.map((ref) => {
      const bytes = found.get(toHex(ref));
      if (bytes !== undefined) return bytes;
      throw new SpantailError(
        'NOT_FOUND',
        `trace ${traceId} has no blob ${toHex(ref)} any more (it expired, or its publisher lost it)`,
      );
    });
  }

  /** Requests that together answer for all of them: those under way, and new ones for the rest. */
  #request(traceId: TraceId, keys: string[]): Set<Promise<LoadedBlobs>> {
    const requests = new Set<Promise<LoadedBlobs>>();
    const ask: string[] = [];
    for (const key of keys) {
      const underWay = this.#inFlight.get(`${traceId}/${key}`);
      if (underWay === undefined) ask.push(key);
      else requests.add(underWay);
    }
    for (let i = 0; i < ask.length; i += HASHES_PER_REQUEST)
      requests.add(this.#fetch(traceId, ask.slice(i, i + HASHES_PER_REQUEST)));
    // They are awaited one after the other: a later one that fails meanwhile is not unhandled.
    for (const request of requests) request.catch(() => {});
    return requests;
  }

  #fetch(traceId: TraceId, keys: string[]): Promise<LoadedBlobs> {
    const request = fetchBlobs(this.#options, traceId, keys)
      .then((loaded) => {
        for (const [key, bytes] of loaded) this.#keep(key, bytes);
        return loaded;
      })
      .finally(() => {
        for (const key of keys) this.#inFlight.delete(`${traceId}/${key}`);
      });
    for (const key of keys) this.#inFlight.set(`${traceId}/${key}`, request);
    return request;
  }
}
