import { fromHex, toHex, type Blob, type BlobRef, type TraceId } from '@spantail/protocol';

/** Names one publisher keeps at most, over all traces: about 100 bytes of memory each. */
const MOST_NAMES = 200_000;
/** Of the bound, what stays when there are more bytes than it allows. */
const KEPT_SHARE = 0.9;

/**
 * Which blobs a trace has had, so that none is sent twice, and the bytes of the latest, in case the
 * log says that it has lost them.
 */
export class SentBlobs {
  readonly #maxBytes: number;
  readonly #traces = new Map<TraceId, Map<string, Blob | undefined>>();
  /** Blobs with their bytes, oldest first. */
  readonly #kept = new Map<Blob, TraceId>();
  #bytes = 0;
  #names = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  has(traceId: TraceId, ref: BlobRef): boolean {
    return this.#traces.get(traceId)?.has(toHex(ref)) === true;
  }

  /** The first of the trace's blobs that is known. */
  oldest(traceId: TraceId): BlobRef | undefined {
    for (const key of this.#traces.get(traceId)?.keys() ?? []) return fromHex(key);
    return undefined;
  }

  add(traceId: TraceId, blob: Blob): void {
    let names = this.#traces.get(traceId);
    if (names === undefined) {
      names = new Map();
      this.#traces.set(traceId, names);
    }
    const key = toHex(blob.ref);
    if (names.has(key)) return;
    names.set(key, blob);
    this.#names++;
    this.#kept.set(blob, traceId);
    this.#bytes += blob.bytes.byteLength;
    this.#evict(traceId);
  }

  /** The trace's blobs whose bytes are still here. The others are forgotten, to be sent anew. */
  recover(traceId: TraceId): Blob[] {
    const names = this.#traces.get(traceId);
    if (names === undefined) return [];
    const found: Blob[] = [];
    for (const [key, blob] of names) {
      if (blob !== undefined) found.push(blob);
      else if (names.delete(key)) this.#names--;
    }
    return found;
  }

  /** These never got through: they will be sent again when they are used again. */
  forget(traceId: TraceId, blobs: readonly Blob[]): void {
    const names = this.#traces.get(traceId);
    if (names === undefined) return;
    for (const blob of blobs) {
      const key = toHex(blob.ref);
      const kept = names.get(key);
      if (kept !== undefined) this.#release(kept);
      if (names.delete(key)) this.#names--;
    }
  }

  forgetTrace(traceId: TraceId): void {
    const names = this.#traces.get(traceId);
    if (names === undefined) return;
    for (const blob of names.values()) if (blob !== undefined) this.#release(blob);
    this.#names -= names.size;
    this.#traces.delete(traceId);
  }

  get keptBytes(): number {
    return this.#bytes;
  }

  #release(blob: Blob): void {
    if (this.#kept.delete(blob)) this.#bytes -= blob.bytes.byteLength;
  }

  #evict(current: TraceId): void {
    // Many at a time: each walk over the map passes the places of all that were taken out before.
    const keptBytes = this.#bytes <= this.#maxBytes ? this.#maxBytes : KEPT_SHARE * this.#maxBytes;
    if (this.#bytes > keptBytes)
      for (const [blob, traceId] of this.#kept) {
        if (this.#bytes <= keptBytes) break;
        this.#release(blob);
        this.#traces.get(traceId)?.set(toHex(blob.ref), undefined);
      }
    if (this.#names <= MOST_NAMES) return;
    for (const traceId of this.#traces.keys()) {
      if (this.#names <= MOST_NAMES || traceId === current) break;
      this.forgetTrace(traceId);
    }
  }
}
