import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { textTableSchema } from './schema.ts';

/** Rows of `projects`. */
export class ProjectTable {
  readonly #db: DatabaseSync;
  readonly #find: StatementSync;
  /** Projects are never removed, so what is known stays true. */
  readonly #ids = new Map<string, number>();

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#find = db.prepare('SELECT id FROM projects WHERE name = ?');
  }

  find(name: string): number | undefined {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const row = this.#find.get(name) as { id: number } | undefined;
    if (row !== undefined) this.#ids.set(name, row.id);
    return row?.id;
  }

  /** Within a transaction. */
  findOrCreate(name: string): number {
    const found = this.find(name);
    if (found !== undefined) return found;
    const insert = this.#db.prepare('INSERT INTO projects (name) VALUES (?) RETURNING id');
    const { id } = insert.get(name) as { id: number };
    this.#db.exec(textTableSchema(id));
    return id;
  }
}
