import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Blob, BlobRef } from '@spantail/protocol';

/** Rows of `blobs`: bytes by reference, for each stream. */
export class BlobTable {
  readonly #insert: StatementSync;
  readonly #get: StatementSync;
  readonly #exists: StatementSync;

  constructor(db: DatabaseSync) {
    // The reference is the hash of the bytes: what is there already is the same.
    this.#insert = db.prepare('INSERT OR IGNORE INTO blobs (stream, ref, bytes) VALUES (?, ?, ?)');
    this.#get = db.prepare('SELECT bytes FROM blobs WHERE stream = ? AND ref = ?');
    this.#exists = db.prepare('SELECT 1 FROM blobs WHERE stream = ? AND ref = ?');
  }

  put(stream: number, blobs: readonly Blob[]): void {
    for (const { ref, bytes } of blobs) this.#insert.run(stream, ref, bytes);
  }

  get(stream: number, ref: BlobRef): Uint8Array | undefined {
    const row = this.#get.get(stream, ref) as { bytes: Uint8Array } | undefined;
    return row?.bytes;
  }

  missing(stream: number, refs: readonly BlobRef[]): BlobRef[] {
    return refs.filter((ref) => this.#exists.get(stream, ref) === undefined);
  }
}
