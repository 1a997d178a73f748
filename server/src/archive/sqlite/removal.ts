import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { BlobWriter } from './blob-table.ts';
import { ProjectTable } from './project-table.ts';
import { spanIds } from './schema.ts';
import { bytesOf } from './span-columns.ts';
import type { TextWriter } from './text-writer.ts';
import { transaction } from './transaction.ts';

/** Rows of a kind that one step deletes: a few milliseconds. */
const STEP_ROWS = 200;
const STEP_PAGES = 500;

/**
 * Removes runs: at first out of sight, in one transaction, then row by row in steps, between which
 * commits have their turn. What is left to be done when the process dies goes on at the next start.
 */
export class Removal {
  readonly #db: DatabaseSync;
  readonly #projects: ProjectTable;
  readonly #blobs: BlobWriter;
  readonly #text: TextWriter;
  readonly #hide: StatementSync;
  readonly #bury: StatementSync;
  readonly #buried: StatementSync;
  readonly #exhume: StatementSync;
  readonly #spans: StatementSync;
  readonly #deleteSpan: StatementSync;
  readonly #deleteRest: StatementSync[];

  constructor(db: DatabaseSync, text: TextWriter) {
    this.#db = db;
    this.#projects = new ProjectTable(db);
    this.#blobs = new BlobWriter(db);
    this.#text = text;
    this.#hide = db.prepare(
      'DELETE FROM runs WHERE project = ? AND trace = ? AND ended_us IS NOT NULL RETURNING id',
    );
    this.#bury = db.prepare('INSERT INTO buried (run, project) VALUES (?, ?)');
    this.#buried = db.prepare('SELECT run, project FROM buried LIMIT 1');
    this.#exhume = db.prepare('DELETE FROM buried WHERE run = ?');
    this.#spans = db.prepare('SELECT id, text_check FROM spans WHERE id BETWEEN ? AND ? LIMIT ?');
    this.#deleteSpan = db.prepare('DELETE FROM spans WHERE id = ?');
    this.#deleteRest = [
      'DELETE FROM segments WHERE rowid IN (SELECT rowid FROM segments WHERE run = ? LIMIT ?)',
      'DELETE FROM run_models WHERE (run, value) IN (SELECT run, value FROM run_models WHERE run = ? LIMIT ?)',
      'DELETE FROM run_tags WHERE (run, value) IN (SELECT run, value FROM run_tags WHERE run = ? LIMIT ?)',
    ].map((sql) => db.prepare(sql));
  }

  /** Puts runs that are over out of sight. Answers how many there were. */
  hide(project: string, traceIds: readonly string[]): number {
    return transaction(this.#db, () => {
      const id = this.#projects.find(project);
      if (id === undefined) return 0;
      let count = 0;
      for (const traceId of traceIds) {
        const row = this.#hide.get(id, bytesOf(traceId)) as { id: number } | undefined;
        if (row === undefined) continue;
        this.#bury.run(row.id, id);
        count++;
      }
      return count;
    });
  }

  /** Deletes some of what is out of sight. Answers whether there is more. */
  step(): boolean {
    const buried = this.#buried.get() as { run: number; project: number } | undefined;
    if (buried === undefined) {
      // Free pages go back to the file system.
      this.#db.exec(`PRAGMA incremental_vacuum(${STEP_PAGES})`);
      const { freelist_count: free } = this.#db.prepare('PRAGMA freelist_count').get() as {
        freelist_count: number;
      };
      return free > STEP_PAGES;
    }
    const { run, project } = buried;
    transaction(this.#db, () => {
      if (!this.#deleteSome(run, project)) this.#exhume.run(run);
    });
    return true;
  }

  #deleteSome(run: number, project: number): boolean {
    const { first, last } = spanIds(run);
    const spans = this.#spans.all(first, last, STEP_ROWS) as {
      id: number;
      text_check: number | null;
    }[];
    for (const { id, text_check } of spans) {
      if (text_check !== null) this.#text.remove(project, id);
      this.#deleteSpan.run(id);
    }
    if (spans.length > 0) return true;
    if (this.#blobs.release(project, run, STEP_ROWS) > 0) return true;
    return this.#deleteRest.some((statement) => statement.run(run, STEP_ROWS).changes > 0);
  }
}
