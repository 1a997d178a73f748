import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { PageKey } from '@spantail/protocol';
import { spanIds } from './schema.ts';
import { SPAN_COLUMNS, bytesOf, spanColumn, type Column } from './span-columns.ts';

const COLUMNS = SPAN_COLUMNS.join(', ');
const PARENT = spanColumn('parent');

/** Spans of one run. */
export class SpanReader {
  readonly #first: StatementSync;
  readonly #behindStart: StatementSync;
  readonly #behindUnknown: StatementSync;
  readonly #one: StatementSync;

  constructor(db: DatabaseSync) {
    const select = (sql: string): StatementSync => {
      const statement = db.prepare(sql);
      statement.setReturnArrays(true);
      return statement;
    };
    const ofRun = `SELECT ${COLUMNS} FROM spans WHERE id BETWEEN ? AND ?`;
    const inOrder = 'ORDER BY start_us IS NULL, start_us, span LIMIT ?';
    this.#first = select(`${ofRun} ${inOrder}`);
    this.#behindStart = select(
      `${ofRun} AND (start_us IS NULL OR (start_us, span) > (?, ?)) ${inOrder}`,
    );
    this.#behindUnknown = select(`${ofRun} AND start_us IS NULL AND span > ? ${inOrder}`);
    this.#one = select(
      `SELECT ${COLUMNS} FROM spans
       WHERE project = ? AND trace = ? AND span = ? AND id BETWEEN ? AND ?`,
    );
  }

  /** By start, those without a known one last. */
  ofRun(run: number, limit: number, after: PageKey | undefined): Column[][] {
    const { first, last } = spanIds(run);
    if (after === undefined) return this.#first.all(first, last, limit) as unknown as Column[][];
    const span = bytesOf(after.spanId ?? '');
    const rows =
      after.value === null
        ? this.#behindUnknown.all(first, last, span, limit)
        : this.#behindStart.all(first, last, after.value, span, limit);
    return rows as unknown as Column[][];
  }

  /** The span and those above it. Parents may go round in a circle: none comes twice. */
  path(project: number, run: number, trace: Uint8Array, span: Uint8Array): Column[][] {
    const { first, last } = spanIds(run);
    const path: Column[][] = [];
    const seen = new Set<string>();
    let next: Column = span;
    while (next instanceof Uint8Array) {
      const id = Buffer.from(next).toString('hex');
      if (seen.has(id)) break;
      seen.add(id);
      const row = this.#one.get(project, trace, next, first, last) as Column[] | undefined;
      if (row === undefined) break;
      path.push(row);
      next = row[PARENT] ?? null;
    }
    return path;
  }
}
