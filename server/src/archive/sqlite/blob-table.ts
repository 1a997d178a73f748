import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { toHex, type Blob, type BlobRef } from '@spantail/protocol';
import { compress, decompress } from '../compress.ts';
import { archiveUnavailable } from '../unavailable.ts';

/** Rows of `blobs`: bytes by reference, once a project, counted by the runs that use them. */
export class BlobTable {
  readonly #db: DatabaseSync;
  readonly #find: StatementSync;
  readonly #get: StatementSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#find = db.prepare('SELECT id FROM blobs WHERE project = ? AND ref = ?');
    this.#get = db.prepare('SELECT crc, data FROM blobs WHERE project = ? AND ref = ?');
  }

  get(project: number, ref: BlobRef): Uint8Array | undefined {
    const row = this.#get.get(project, ref) as { crc: number; data: Uint8Array } | undefined;
    if (row === undefined) return undefined;
    let bytes: Uint8Array | undefined;
    try {
      bytes = decompress(row.data);
    } catch {
      // Told from its checksum below.
    }
    if (bytes !== undefined && crc32(bytes) === row.crc) return bytes;
    throw archiveUnavailable(`blob ${toHex(ref)} of ${this.#db.location()} is damaged`);
  }

  find(project: number, ref: BlobRef): number | undefined {
    return (this.#find.get(project, ref) as { id: number } | undefined)?.id;
  }
}

/** The writer's side of it. */
export class BlobWriter {
  readonly #table: BlobTable;
  readonly #insert: StatementSync;
  readonly #grow: StatementSync;
  readonly #link: StatementSync;
  readonly #count: StatementSync;
  readonly #linked: StatementSync;
  readonly #unlink: StatementSync;
  readonly #release: StatementSync;
  readonly #delete: StatementSync;

  constructor(db: DatabaseSync) {
    this.#table = new BlobTable(db);
    this.#insert = db.prepare(
      'INSERT INTO blobs (project, ref, crc, data) VALUES (?, ?, ?, ?) RETURNING id',
    );
    this.#grow = db.prepare('UPDATE projects SET blob_bytes = blob_bytes + ? WHERE id = ?');
    this.#link = db.prepare('INSERT OR IGNORE INTO run_blobs (run, blob) VALUES (?, ?)');
    this.#count = db.prepare('UPDATE blobs SET runs = runs + 1 WHERE id = ?');
    this.#linked = db.prepare('SELECT blob FROM run_blobs WHERE run = ? LIMIT ?');
    this.#unlink = db.prepare('DELETE FROM run_blobs WHERE run = ? AND blob = ?');
    this.#release = db.prepare('UPDATE blobs SET runs = runs - 1 WHERE id = ? RETURNING runs');
    this.#delete = db.prepare('DELETE FROM blobs WHERE id = ? RETURNING length(data) AS bytes');
  }

  /** Within a transaction. Answers how many stored bytes are new. */
  put(project: number, run: number, blobs: readonly Blob[]): number {
    let grown = 0;
    for (const { ref, bytes } of blobs) {
      let id = this.#table.find(project, ref);
      // The reference is the hash of the bytes: what is there already is the same.
      if (id === undefined) {
        const data = compress(bytes);
        id = (this.#insert.get(project, ref, crc32(bytes), data) as { id: number }).id;
        grown += data.byteLength;
      }
      if (this.#link.run(run, id).changes > 0) this.#count.run(id);
    }
    if (grown > 0) this.#grow.run(grown, project);
    return grown;
  }

  /** Within a transaction: lets go of at most `limit` of a run's blobs. Answers how many it had. */
  release(project: number, run: number, limit: number): number {
    const linked = this.#linked.all(run, limit) as { blob: number }[];
    let freed = 0;
    for (const { blob } of linked) {
      this.#unlink.run(run, blob);
      const left = this.#release.get(blob) as { runs: number };
      if (left.runs > 0) continue;
      freed += (this.#delete.get(blob) as { bytes: number }).bytes;
    }
    if (freed > 0) this.#grow.run(-freed, project);
    return linked.length;
  }
}
