import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { SqliteStore } from './sqlite-store.ts';

/** Rows removed in one transaction: about a millisecond, so that appends are not held up. */
const STEP_ROWS = 200;
/** Blobs are large: fewer of them. */
const STEP_BLOBS = 32;
const STEP_STREAMS = 64;
const VACUUM_PAGES = 512;

/** Removes streams that were not written for the time to live, in bounded steps. */
export class ExpirySweep {
  readonly #db: DatabaseSync;
  readonly #store: SqliteStore;
  readonly #next: StatementSync;
  readonly #removals: StatementSync[];
  readonly #finish: StatementSync;

  constructor(db: DatabaseSync, store: SqliteStore) {
    this.#db = db;
    this.#store = store;
    this.#next = db.prepare('SELECT stream FROM buried LIMIT 1');
    this.#removals = [
      db.prepare(
        `DELETE FROM entries WHERE rowid IN (SELECT rowid FROM entries WHERE stream = ? LIMIT ${STEP_ROWS})`,
      ),
      db.prepare(
        `DELETE FROM blobs WHERE rowid IN (SELECT rowid FROM blobs WHERE stream = ? LIMIT ${STEP_BLOBS})`,
      ),
      db.prepare('DELETE FROM producers WHERE stream = ?'),
    ];
    this.#finish = db.prepare('DELETE FROM buried WHERE stream = ?');
  }

  /** One step; whether there is more to do at once. */
  step(nowMs: number): boolean {
    const expired = this.#store.streams.expired(nowMs, STEP_STREAMS);
    if (expired.length > 0)
      this.#store.transaction(() => {
        for (const id of expired) this.#store.streams.bury(id);
      });
    const row = this.#next.get() as { stream: number } | undefined;
    if (row === undefined) return false;
    const finished = this.#store.transaction(() => this.#remove(row.stream));
    // Gives the freed pages back to the file system, a few at a time.
    if (finished) this.#db.exec(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`);
    return true;
  }

  #remove(stream: number): boolean {
    for (const removal of this.#removals) if (removal.run(stream).changes > 0) return false;
    this.#finish.run(stream);
    return true;
  }
}
