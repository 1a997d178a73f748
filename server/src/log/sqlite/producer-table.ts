import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Position } from '../position.ts';

/** A producer's newest accepted batch in a stream. */
export interface ProducerRow extends Position {
  number: number;
}

/** Rows of `producers`: what makes an append idempotent. */
export class ProducerTable {
  readonly #find: StatementSync;
  readonly #set: StatementSync;

  constructor(db: DatabaseSync) {
    this.#find = db.prepare(
      'SELECT number, ms, seq FROM producers WHERE stream = ? AND producer = ?',
    );
    this.#set = db.prepare(
      `INSERT INTO producers (stream, producer, number, ms, seq) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET number = excluded.number, ms = excluded.ms, seq = excluded.seq`,
    );
  }

  find(stream: number, producer: string): ProducerRow | undefined {
    return this.#find.get(stream, producer) as ProducerRow | undefined;
  }

  set(stream: number, producer: string, number: number, { ms, seq }: Position): void {
    this.#set.run(stream, producer, number, ms, seq);
  }
}
