import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { SpantailError } from '@spantail/protocol';
import { compress } from '../compress.ts';
import { indexWords } from './index-words.ts';
import { pack } from './pack.ts';
import { MAX_SPANS_PER_RUN, spanIds } from './schema.ts';
import { SPAN_COLUMNS, spanColumn, type Column } from './span-columns.ts';
import type { StoredSpan } from './stored-commit.ts';
import type { TextWriter } from './text-writer.ts';

interface Existing {
  id: number;
  text_check: number | null;
  bytes: number;
}

/** The run that spans are written for. */
export interface SpanOwner {
  project: number;
  run: number;
  /** Spans it has already. */
  spans: number;
}

const TRACE = spanColumn('trace');
const SPAN = spanColumn('span');
const NAME = spanColumn('name');
const ATTRIBUTES = spanColumn('attributes');
const BODY = spanColumn('body');
/** Most bodies are smaller, and trying each would cost more than all the rest of its writing. */
const WORTH_BYTES = 2_048;
/** Rough bytes of a row's columns and its places in the indexes. */
const ROW_BYTES = 250;

/** Writes rows of `spans`, new or changed, and the text they are found by. */
export class SpanWriter {
  readonly #text: TextWriter;
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;

  constructor(db: DatabaseSync, text: TextWriter) {
    this.#text = text;
    this.#find = db.prepare(
      `SELECT id, text_check, bytes FROM spans
       WHERE project = ? AND trace = ? AND span = ? AND id BETWEEN ? AND ?`,
    );
    const names = SPAN_COLUMNS.join(', ');
    const marks = SPAN_COLUMNS.map(() => '?').join(', ');
    this.#insert = db.prepare(
      `INSERT INTO spans (id, project, text_check, bytes, ${names}) VALUES (?, ?, ?, ?, ${marks})`,
    );
    const settings = SPAN_COLUMNS.map((name) => `${name} = ?`).join(', ');
    this.#update = db.prepare(
      `UPDATE spans SET text_check = ?, bytes = ?, ${settings} WHERE id = ?`,
    );
  }

  /** Within a transaction. Answers how many spans are new, and by how many bytes the run has grown. */
  write({ project, run, spans }: SpanOwner, changed: readonly StoredSpan[]) {
    const ids = spanIds(run);
    // A new run's spans need not be looked for in the table.
    const fresh = spans === 0 ? new Map<string, Existing>() : undefined;
    let added = 0;
    let grown = 0;
    for (const { columns, body, text } of changed) {
      // The body is the last column.
      const row = [...columns, compress(pack(body), WORTH_BYTES)];
      const words = indexWords(text);
      const check = words === '' ? null : crc32(words);
      const bytes = sizeOf(row) + words.length;
      const key = fresh === undefined ? '' : Buffer.from(row[SPAN] as Uint8Array).toString('hex');
      const existing = fresh === undefined ? this.#existing(project, row, ids) : fresh.get(key);
      if (existing === undefined) {
        const id = ids.first + spans + added++;
        if (id > ids.last)
          throw new SpantailError(
            'TOO_LARGE',
            `a run of more than ${MAX_SPANS_PER_RUN} spans cannot be archived`,
          );
        this.#insert.run(id, project, check, bytes, ...row);
        fresh?.set(key, { id, text_check: check, bytes });
        if (check !== null) this.#text.change(project, id, words, false);
        grown += bytes;
        continue;
      }
      const { id } = existing;
      this.#update.run(check, bytes, ...row, id);
      if (check !== existing.text_check)
        this.#text.change(project, id, words, existing.text_check !== null);
      grown += bytes - existing.bytes;
      fresh?.set(key, { id, text_check: check, bytes });
    }
    return { added, grown };
  }

  #existing(project: number, row: Column[], ids: { first: number; last: number }) {
    const trace = row[TRACE] as Uint8Array;
    const span = row[SPAN] as Uint8Array;
    const found = this.#find.get(project, trace, span, ids.first, ids.last);
    return found as unknown as Existing | undefined;
  }
}

function sizeOf(row: readonly Column[]): number {
  const name = row[NAME] as string;
  const attributes = row[ATTRIBUTES] as string;
  return ROW_BYTES + name.length + attributes.length + (row[BODY] as Uint8Array).byteLength;
}
