import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { WorkItem } from '../event-log.ts';

interface WorkRow {
  stream: number;
  project: string;
  stream_id: string;
}

const TAKEN = `
  UPDATE work SET consumer = ?, taken_ms = ?, seen_ms = s.last_ms, seen_seq = s.last_seq
  FROM streams s WHERE s.id = work.stream AND work.stream IN`;
const ITEM = 'RETURNING stream, s.project AS project, s.stream_id AS stream_id';

/**
 * Rows of `work`: a queue of streams with entries that nobody has acknowledged. A stream is in it
 * once; the row goes when it is acknowledged by its holder with nothing newer than was handed out.
 */
export class WorkTable {
  readonly #queue: StatementSync;
  readonly #renewed: StatementSync;
  readonly #fresh: StatementSync;
  readonly #stale: StatementSync;
  readonly #release: StatementSync;
  readonly #done: StatementSync;
  #turn: number;

  constructor(db: DatabaseSync) {
    const row = db.prepare('SELECT coalesce(max(turn), 0) AS turn FROM work').get();
    this.#turn = Number(row?.['turn'] ?? 0);
    this.#queue = db.prepare('INSERT OR IGNORE INTO work (stream, turn) VALUES (?, ?)');
    // What this consumer holds and has got news: to it again, not to another one.
    this.#renewed = db.prepare(
      `${TAKEN} (SELECT w.stream FROM work w JOIN streams t ON t.id = w.stream
        WHERE w.consumer = ? AND (t.last_ms, t.last_seq) <> (w.seen_ms, w.seen_seq) LIMIT ?) ${ITEM}`,
    );
    this.#fresh = db.prepare(
      `${TAKEN} (SELECT stream FROM work WHERE consumer IS NULL ORDER BY turn LIMIT ?) ${ITEM}`,
    );
    this.#stale = db.prepare(
      `${TAKEN} (SELECT stream FROM work WHERE consumer IS NOT NULL AND taken_ms < ? LIMIT ?) ${ITEM}`,
    );
    this.#done = db.prepare(
      `DELETE FROM work WHERE stream = ? AND consumer = ? AND (seen_ms, seen_seq) =
        (SELECT last_ms, last_seq FROM streams WHERE id = work.stream)`,
    );
    this.#release = db.prepare(
      'UPDATE work SET consumer = NULL, turn = ? WHERE stream = ? AND consumer = ?',
    );
  }

  /** Whether the stream was not in the queue yet. */
  queue(stream: number): boolean {
    return this.#queue.run(stream, ++this.#turn).changes > 0;
  }

  take(consumer: string, maxItems: number, nowMs: number, stealAfterMs: number): WorkItem[] {
    const items: WorkItem[] = [];
    const add = (rows: unknown[]): void => {
      for (const { stream, project, stream_id } of rows as WorkRow[])
        items.push({ id: `${stream} ${consumer}`, project, streamId: stream_id });
    };
    add(this.#renewed.all(consumer, nowMs, consumer, maxItems));
    if (items.length < maxItems) add(this.#fresh.all(consumer, nowMs, maxItems - items.length));
    const staleMs = nowMs - stealAfterMs;
    if (items.length < maxItems)
      add(this.#stale.all(consumer, nowMs, staleMs, maxItems - items.length));
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
