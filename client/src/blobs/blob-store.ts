import {
  SpantailError,
  backoffMs,
  decodeBlobList,
  loadPayload,
  toHex,
  type Blob,
  type BlobRef,
  type Payload,
  type TraceId,
} from '@spantail/protocol';

export interface BlobStoreOptions {
  /** `http://host:port` of the gateway. */
  baseUrl: string;
  fetch: typeof globalThis.fetch;
  /** Bytes of blobs kept, the least recently used go first. */
  maxBytes: number;
  random: () => number;
}

/** Hashes in one request; keeps its URL below what proxies take. */
const HASHES_PER_REQUEST = 100;
const MOST_ATTEMPTS = 4;

/** Loads payloads by reference: from what was pushed or loaded before, else from the gateway. */
export class BlobStore {
  readonly #options: BlobStoreOptions;
  /** By hash, in order of use: content is the same in every trace. */
  readonly #kept = new Map<string, Uint8Array>();
  readonly #inFlight = new Map<string, Promise<undefined>>();
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

  #keep(key: string, bytes: Uint8Array): void {
    const before = this.#kept.get(key);
    if (before !== undefined) this.#kept.delete(key);
    else this.#bytes += bytes.byteLength;
    this.#kept.set(key, before ?? bytes);
    for (const [oldest, content] of this.#kept) {
      if (this.#bytes <= this.#options.maxBytes || oldest === key) break;
      this.#kept.delete(oldest);
      this.#bytes -= content.byteLength;
    }
  }

  async #get(traceId: TraceId, refs: BlobRef[]): Promise<Uint8Array[]> {
    const found = new Map<string, Uint8Array>();
    const missing: string[] = [];
    for (const ref of refs) {
      const key = toHex(ref);
      const kept = this.#kept.get(key);
      if (kept === undefined) missing.push(key);
      else found.set(key, kept);
    }
    const pages: string[][] = [];
    const wanted = [...new Set(missing)];
    for (let i = 0; i < wanted.length; i += HASHES_PER_REQUEST)
      pages.push(wanted.slice(i, i + HASHES_PER_REQUEST));
    for (const page of pages) {
      const loaded = await this.#fetchShared(traceId, page);
      for (const [key, bytes] of loaded) found.set(key, bytes);
    }
    return refs.map((ref) => {
      const bytes = found.get(toHex(ref));
      if (bytes !== undefined) return bytes;
      throw new SpantailError(
        'NOT_FOUND',
        `trace ${traceId} has no blob ${toHex(ref)} any more (it expired, or its publisher lost it)`,
      );
    });
  }

  /** Waits for requests that already ask for these, and asks for the rest. */
  async #fetchShared(traceId: TraceId, keys: string[]): Promise<Map<string, Uint8Array>> {
    await Promise.allSettled(keys.flatMap((key) => this.#inFlight.get(key) ?? []));
    const found = new Map<string, Uint8Array>();
    const ask: string[] = [];
    for (const key of keys) {
      const kept = this.#kept.get(key);
      if (kept === undefined) ask.push(key);
      else found.set(key, kept);
    }
    if (ask.length === 0) return found;
    const request = this.#fetch(traceId, ask).then((loaded) => {
      for (const [key, bytes] of loaded) {
        found.set(key, bytes);
        this.#keep(key, bytes);
      }
      return undefined;
    });
    for (const key of ask) this.#inFlight.set(key, request);
    try {
      await request;
    } finally {
      for (const key of ask) this.#inFlight.delete(key);
    }
    return found;
  }

  async #fetch(traceId: TraceId, keys: string[]): Promise<[string, Uint8Array][]> {
    const { baseUrl, random } = this.#options;
    const url = `${baseUrl}/api/v1/blobs?traceId=${traceId}&${keys.map((key) => `hash=${key}`).join('&')}`;
    for (let attempt = 0; ; attempt++) {
      try {
        const list = decodeBlobList(await this.#request(url));
        return keys.flatMap((key, i): [string, Uint8Array][] => {
          const bytes = list[i];
          return bytes === undefined ? [] : [[key, bytes]];
        });
      } catch (error) {
        const final = error instanceof SpantailError && error.code !== 'LOG_UNAVAILABLE';
        if (final || attempt + 1 >= MOST_ATTEMPTS) throw error;
        await new Promise((resolve) => setTimeout(resolve, backoffMs(attempt, random())));
      }
    }
  }

  async #request(url: string): Promise<Uint8Array> {
    let response: Response;
    try {
      response = await this.#options.fetch(url);
    } catch (cause) {
      throw new SpantailError(
        'LOG_UNAVAILABLE',
        `the gateway does not answer at ${url.split('?')[0]}`,
        {
          cause,
        },
      );
    }
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    const retry = response.status === 429 || response.status >= 500;
    throw new SpantailError(
      retry ? 'LOG_UNAVAILABLE' : 'BAD_MESSAGE',
      `the gateway answered ${response.status}: ${(await response.text()).slice(0, 300)}`,
    );
  }
}
