import {
  SpantailError,
  decodeBlobList,
  loadPayload,
  toHex,
  type Blob,
  type BlobRef,
  type Payload,
  type TraceId,
} from '@spantail/protocol';

/** Hashes in one request; keeps its URL below what proxies take. */
const HASHES_PER_REQUEST = 100;

/** Gets a run's blobs from its gateway, each once, chunks with all that is below them. */
export class BlobCollector {
  readonly #url: string;
  readonly #traceId: TraceId;
  readonly #known = new Map<string, Uint8Array>();

  /** @param url `http://host:port` of the gateway */
  constructor(url: string, traceId: TraceId) {
    this.#url = url;
    this.#traceId = traceId;
  }

  /**
   * Those blobs of a payload that were not given before.
   *
   * @throws SpantailError NOT_FOUND when content is gone, LOG_UNAVAILABLE
   */
  async fresh(payload: Payload): Promise<Blob[]> {
    const fresh: Blob[] = [];
    await loadPayload(payload, (refs) => this.#load(refs, fresh));
    return fresh;
  }

  /** The whole value. */
  value(payload: Payload): Promise<unknown> {
    return loadPayload(payload, (refs) => this.#load(refs, []));
  }

  async #load(refs: BlobRef[], fresh: Blob[]): Promise<Uint8Array[]> {
    const missing = refs.filter((ref) => !this.#known.has(toHex(ref)));
    for (let i = 0; i < missing.length; i += HASHES_PER_REQUEST) {
      const page = missing.slice(i, i + HASHES_PER_REQUEST);
      const found = await this.#fetch(page);
      for (const [k, ref] of page.entries()) {
        const bytes = found[k];
        if (bytes === undefined)
          throw new SpantailError(
            'NOT_FOUND',
            `trace ${this.#traceId} has lost blob ${toHex(ref)}`,
          );
        this.#known.set(toHex(ref), bytes);
        fresh.push({ ref, bytes });
      }
    }
    return refs.map((ref) => this.#known.get(toHex(ref)) ?? new Uint8Array());
  }

  async #fetch(refs: BlobRef[]): Promise<(Uint8Array | undefined)[]> {
    const hashes = refs.map((ref) => `hash=${toHex(ref)}`).join('&');
    const response = await fetch(`${this.#url}/api/v1/blobs?traceId=${this.#traceId}&${hashes}`);
    if (!response.ok)
      throw new SpantailError(
        'LOG_UNAVAILABLE',
        `the gateway answers ${response.status} for blobs`,
      );
    return decodeBlobList(new Uint8Array(await response.arrayBuffer()));
  }
}
