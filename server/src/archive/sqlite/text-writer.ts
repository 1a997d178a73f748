import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { textTable } from './schema.ts';

interface Change {
  /** Words separated by spaces; none: the span is found by nothing any more. */
  words: string;
  /** There is an older text of it. */
  replaces: boolean;
}

interface Statements {
  insert: StatementSync;
  remove: StatementSync;
}

/**
 * Writes the full text of a transaction in the order of ids, because the index gathers in memory
 * only what comes in order: anything else would be a segment of its own.
 */
export class TextWriter {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<number, Statements>();
  /** By project and span id. */
  readonly #changes = new Map<number, Map<number, Change>>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  change(project: number, id: number, words: string, replaces: boolean): void {
    let changes = this.#changes.get(project);
    if (changes === undefined) this.#changes.set(project, (changes = new Map<number, Change>()));
    // Twice in one transaction: the index has the text from before it, if any.
    const earlier = changes.get(id);
    changes.set(id, { words, replaces: earlier === undefined ? replaces : earlier.replaces });
  }

  /** Before the transaction commits. */
  flush(): void {
    for (const [project, changes] of this.#changes) {
      const { insert, remove } = this.#of(project);
      for (const [id, { words, replaces }] of [...changes].sort(([a], [b]) => a - b)) {
        if (replaces) remove.run(id);
        if (words !== '') insert.run(id, words);
      }
    }
    this.#changes.clear();
  }

  /** The transaction is over, whichever way. */
  reset(): void {
    this.#changes.clear();
  }

  remove(project: number, id: number): void {
    this.#of(project).remove.run(id);
  }

  #of(project: number): Statements {
    let statements = this.#statements.get(project);
    if (statements === undefined) {
      const table = textTable(project);
      statements = {
        insert: this.#db.prepare(`INSERT INTO ${table} (rowid, words) VALUES (?, ?)`),
        remove: this.#db.prepare(`DELETE FROM ${table} WHERE rowid = ?`),
      };
      this.#statements.set(project, statements);
    }
    return statements;
  }
}
