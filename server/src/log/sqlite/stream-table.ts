import { randomBytes } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { StreamName } from '../event-log.ts';

/** A row of `streams`. */
export interface StreamRow {
  id: number;
  epoch: string;
  last_ms: number;
  last_seq: number;
  first_ms: number;
  first_seq: number;
  entries: number;
  touched_ms: number;
}

/** Finds, makes and buries streams. A stream not written for `ttlMs` is as good as gone. */
export class StreamTable {
  readonly #ttlMs: number;
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #touch: StatementSync;
  readonly #expired: StatementSync;
  readonly #burials: StatementSync[];

  constructor(db: DatabaseSync, ttlMs: number) {
    this.#ttlMs = ttlMs;
    this.#find = db.prepare(
      `SELECT id, epoch, last_ms, last_seq, first_ms, first_seq, entries, touched_ms
       FROM streams WHERE project = ? AND stream_id = ?`,
    );
    this.#insert = db.prepare(
      'INSERT INTO streams (project, stream_id, epoch, touched_ms) VALUES (?, ?, ?, ?) RETURNING id',
    );
    this.#touch = db.prepare('UPDATE streams SET touched_ms = ? WHERE id = ?');
    this.#expired = db.prepare('SELECT id FROM streams WHERE touched_ms <= ? LIMIT ?');
    this.#burials = [
      db.prepare('INSERT INTO buried (stream) VALUES (?)'),
      db.prepare('DELETE FROM streams WHERE id = ?'),
      db.prepare('DELETE FROM work WHERE stream = ?'),
      db.prepare('DELETE FROM leases WHERE stream = ?'),
    ];
  }

  find({ project, streamId }: StreamName, nowMs: number): StreamRow | undefined {
    const row = this.#find.get(project, streamId) as StreamRow | undefined;
    return row !== undefined && row.touched_ms > nowMs - this.#ttlMs ? row : undefined;
  }

  /** Within a transaction. A stream that has expired, but was not swept yet, makes room first. */
  findOrCreate(stream: StreamName, nowMs: number): StreamRow {
    const { project, streamId } = stream;
    const row = this.#find.get(project, streamId) as StreamRow | undefined;
    if (row !== undefined && row.touched_ms > nowMs - this.#ttlMs) return row;
    if (row !== undefined) this.bury(row.id);
    const epoch = randomBytes(6).toString('hex');
    const { id } = this.#insert.get(project, streamId, epoch, nowMs) as { id: number };
    return {
      id,
      epoch,
      last_ms: 0,
      last_seq: 0,
      first_ms: 0,
      first_seq: 0,
      entries: 0,
      touched_ms: nowMs,
    };
  }

  touch(row: StreamRow, nowMs: number): void {
    this.#touch.run(nowMs, row.id);
  }

  /** The stream is gone after `ttlMs`, unless it is written again. */
  expireIn(row: StreamRow, nowMs: number, ttlMs: number): void {
    this.#touch.run(nowMs - this.#ttlMs + ttlMs, row.id);
  }

  /** Ids of streams not written for the time to live. */
  expired(nowMs: number, limit: number): number[] {
    const rows = this.#expired.all(nowMs - this.#ttlMs, limit) as { id: number }[];
    return rows.map((row) => row.id);
  }

  /** Puts a stream out of sight at once; its rows are removed later, step by step. */
  bury(id: number): void {
    for (const statement of this.#burials) statement.run(id);
  }
}
