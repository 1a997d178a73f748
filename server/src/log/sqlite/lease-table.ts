import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { LapsedLease } from '../event-log.ts';

interface LeaseRow {
  project: string;
  stream_id: string;
  producer: string;
  lapses_ms: number;
  seen_ms: number;
}

/** Rows of `leases`: producers that have something open, and until when they are believed alive. */
export class LeaseTable {
  readonly #set: StatementSync;
  readonly #renew: StatementSync;
  readonly #end: StatementSync;
  readonly #endLapsed: StatementSync;
  readonly #lapsed: StatementSync;

  constructor(db: DatabaseSync) {
    this.#set = db.prepare(
      'INSERT OR REPLACE INTO leases (stream, producer, lapses_ms, seen_ms) VALUES (?, ?, ?, ?)',
    );
    this.#renew = db.prepare(
      'UPDATE leases SET lapses_ms = ?, seen_ms = ? WHERE stream = ? AND producer = ?',
    );
    this.#end = db.prepare('DELETE FROM leases WHERE stream = ? AND producer = ?');
    this.#endLapsed = db.prepare(
      'DELETE FROM leases WHERE stream = ? AND producer = ? AND lapses_ms <= ?',
    );
    this.#lapsed = db.prepare(
      `SELECT project, stream_id, producer, lapses_ms, seen_ms
       FROM leases JOIN streams s ON s.id = leases.stream
       WHERE lapses_ms <= ? AND touched_ms > ? ORDER BY lapses_ms LIMIT ?`,
    );
  }

  set(stream: number, producer: string, nowMs: number, leaseMs: number): void {
    this.#set.run(stream, producer, nowMs + leaseMs, nowMs);
  }

  /** Whether there is one to be renewed. */
  renew(stream: number, producer: string, nowMs: number, leaseMs: number): boolean {
    return this.#renew.run(nowMs + leaseMs, nowMs, stream, producer).changes > 0;
  }

  end(stream: number, producer: string): void {
    this.#end.run(stream, producer);
  }

  /** Whether there was one, and it had lapsed. */
  endLapsed(stream: number, producer: string, nowMs: number): boolean {
    return this.#endLapsed.run(stream, producer, nowMs).changes > 0;
  }

  /** @param aliveSinceMs streams not written since then have expired */
  lapsed(nowMs: number, aliveSinceMs: number, limit: number): LapsedLease[] {
    const rows = this.#lapsed.all(nowMs, aliveSinceMs, limit) as unknown as LeaseRow[];
    return rows.map(({ project, stream_id, producer, lapses_ms, seen_ms }) => ({
      project,
      streamId: stream_id,
      producer,
      lapsedAtMs: lapses_ms,
      seenAtMs: seen_ms,
    }));
  }
}
