import { encodeUtf8, makeBlob, type Blob } from '@spantail/protocol';
import { hashBlob } from './hash-blob.ts';

/** A text and its UTF-8: what an entry takes, about. */
const BYTES_A_CHARACTER = 2;

/**
 * Blobs of the texts that were seen lately. An agent sends its whole conversation with each model
 * call; encoding and hashing every message again would be most of what a span costs.
 */
export class BlobCache {
  readonly #maxBytes: number;
  #recent = new Map<string, Blob>();
  #older = new Map<string, Blob>();
  #recentBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Two generations in place of an order of use: what is used moves to the newer one, and when that
   * has half of the bytes, it becomes the older one and the older one is let go.
   *
   * @throws SpantailError `TOO_LARGE` for a text above the limit of a blob
   */
  readonly blobOf = (text: string): Blob => {
    const recent = this.#recent.get(text);
    if (recent !== undefined) return recent;
    const blob = this.#older.get(text) ?? makeBlob(encodeUtf8(text), hashBlob);
    const bytes = BYTES_A_CHARACTER * text.length + blob.bytes.byteLength;
    if (bytes > this.#maxBytes / 2) return blob;
    if (this.#recentBytes + bytes > this.#maxBytes / 2) {
      this.#older = this.#recent;
      this.#recent = new Map();
      this.#recentBytes = 0;
    }
    this.#recent.set(text, blob);
    this.#recentBytes += bytes;
    return blob;
  };
}
