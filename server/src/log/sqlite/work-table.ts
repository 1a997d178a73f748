import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { WorkItem } from '../event-log.ts';

interface WorkRow {
  stream: number;
  project: string;
  stream_id: string;
}

/** Streams that expired, but were not swept yet, are nobody's work any more. */
const CANDIDATES =
  'SELECT stream, project, stream_id FROM work JOIN streams s ON s.id = work.stream WHERE touched_ms > ? AND';

/** Who asks for work, and when. */
export interface TakeOptions {
  maxItems: number;
  nowMs: number;
  stealAfterMs: number;
  /** Streams not written since then have expired. */
  aliveSinceMs: number;
}

/**
 * Rows of `work`: a queue of streams with entries that nobody has acknowledged. A stream is in it
 * once; the row goes when it is acknowledged by its holder with nothing newer than was handed out.
 */
export class WorkTable {
  readonly #queue: StatementSync;
  readonly #renewed: StatementSync;
  readonly #fresh: StatementSync;
  readonly #stale: StatementSync;
  readonly #take: StatementSync;
  readonly #release: StatementSync;
  readonly #done: StatementSync;
  #turn: number;

  constructor(db: DatabaseSync) {
    const row = db.prepare('SELECT coalesce(max(turn), 0) AS turn FROM work').get();
    this.#turn = Number(row?.['turn'] ?? 0);
    this.#queue = db.prepare('INSERT OR IGNORE INTO work (stream, turn) VALUES (?, ?)');
    // What this consumer holds and has got news: to it again, not to another one.
    this.#renewed = db.prepare(
      `${CANDIDATES} consumer = ? AND (last_ms, last_seq) <> (seen_ms, seen_seq) LIMIT ?`,
    );
    this.#fresh = db.prepare(`${CANDIDATES} consumer IS NULL ORDER BY turn LIMIT ?`);
    this.#stale = db.prepare(`${CANDIDATES} consumer IS NOT NULL AND taken_ms < ? LIMIT ?`);
    this.#take = db.prepare(
      `UPDATE work SET consumer = ?, taken_ms = ?, seen_ms = s.last_ms, seen_seq = s.last_seq
       FROM streams s WHERE s.id = work.stream AND work.stream = ?`,
    );
    this.#done = db.prepare(
      `DELETE FROM work WHERE stream = ? AND consumer = ? AND (seen_ms, seen_seq) =
        (SELECT last_ms, last_seq FROM streams WHERE id = work.stream)`,
    );
    this.#release = db.prepare(
      'UPDATE work SET consumer = NULL, turn = ? WHERE stream = ? AND consumer = ?',
    );
  }

  /** Within the append: the stream has news. */
  queue(stream: number): void {
    this.#queue.run(stream, ++this.#turn);
  }

  take(consumer: string, options: TakeOptions): WorkItem[] {
    const { maxItems, nowMs, stealAfterMs, aliveSinceMs } = options;
    const items: WorkItem[] = [];
    const take = (rows: unknown[]): void => {
      for (const { stream, project, stream_id } of rows as WorkRow[]) {
        this.#take.run(consumer, nowMs, stream);
        items.push({ id: `${stream} ${consumer}`, project, streamId: stream_id });
      }
    };
    take(this.#renewed.all(aliveSinceMs, consumer, maxItems));
    take(this.#fresh.all(aliveSinceMs, maxItems - items.length));
    take(this.#stale.all(aliveSinceMs, nowMs - stealAfterMs, maxItems - items.length));
    return items;
  }

  /** Whether something went back into the queue because it had news. */
  acknowledge(items: readonly WorkItem[]): boolean {
    let again = false;
    for (const { id } of items) {
      const space = id.indexOf(' ');
      const stream = Number(id.slice(0, space));
      const consumer = id.slice(space + 1);
      if (this.#done.run(stream, consumer).changes > 0) continue;
      // Nothing happens when another consumer has taken it over.
      again = this.#release.run(++this.#turn, stream, consumer).changes > 0 || again;
    }
    return again;
  }
}
