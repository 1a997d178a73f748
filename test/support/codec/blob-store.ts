import { toHex, type Blob, type BlobRef } from '@spantail/protocol';

/** Keeps blobs by reference, as a log does, and counts what it was asked for. */
export class BlobStore {
  readonly blobs = new Map<string, Uint8Array>();
  /** References of each request. */
  readonly requests: BlobRef[][] = [];

  /** Gives back those that were new. */
  add(blobs: readonly Blob[]): Blob[] {
    const fresh = blobs.filter(({ ref }) => !this.blobs.has(toHex(ref)));
    for (const { ref, bytes } of fresh) this.blobs.set(toHex(ref), bytes);
    return fresh;
  }

  readonly load = async (refs: BlobRef[]): Promise<Uint8Array[]> => {
    this.requests.push(refs);
    return refs.flatMap((ref) => this.blobs.get(toHex(ref)) ?? []);
  };
}
