import type { DatabaseSync } from 'node:sqlite';
import type { Filter } from '@spantail/protocol';
import type { PageQuery } from '../archive.ts';
import { matchPhrase, usesText } from './compile-filter.ts';
import { selectPage, type PageKind, type PageRange } from './page-query.ts';
import { spanIds, textTable } from './schema.ts';
import type { Column } from './span-columns.ts';

/** So few hits are fetched and sorted at once; of more, those in order are looked for. */
const FEW_HITS = 5_000;
/** Rows of the first stretch that is searched; each next one is twice as long. */
const FIRST_STRETCH = { run: 256, span: 4_096 };
const LONGEST_STRETCH = 262_144;

/**
 * The rows of a page, and one more when there are more: those with a value of the sort field first,
 * whichever the direction.
 *
 * A search by start goes stretch by stretch through the order, and through the hits that lie there,
 * so that a word in a million spans costs no more than the page it fills.
 */
export function findPage(
  db: DatabaseSync,
  kind: PageKind,
  project: number,
  query: PageQuery,
): Column[][] {
  const { filter, sort, descending, after } = query;
  const wanted = query.limit + 1;
  const range = { project, filter, sort, descending, after };
  const rows: Column[][] = [];
  if (after?.value !== null) {
    const valued: PageRange = { ...range, part: 'valued', limit: wanted };
    if (filter === undefined || !usesText(filter)) rows.push(...selectPage(db, kind, valued));
    else if (hasFewHits(db, project, filter))
      rows.push(...selectPage(db, kind, { ...valued, fewHits: true }));
    else if (sort !== 'start') rows.push(...selectPage(db, kind, valued));
    else rows.push(...searchStretches(db, kind, valued));
  }
  if (rows.length < wanted)
    rows.push(...selectPage(db, kind, { ...range, part: 'rest', limit: wanted - rows.length }));
  return rows;
}

/** A phrase that every row must have is rare. */
function hasFewHits(db: DatabaseSync, project: number, filter: Filter): boolean {
  if (filter.kind === 'and') return filter.of.some((part) => hasFewHits(db, project, part));
  if (filter.kind !== 'text') return false;
  const match = matchPhrase(filter.phrase);
  if (match === undefined) return true;
  const table = textTable(project);
  const { hits } = db
    .prepare(`SELECT count(*) AS hits FROM (SELECT 1 FROM ${table} WHERE ${table} MATCH ? LIMIT ?)`)
    .get(match, FEW_HITS + 1) as { hits: number };
  return hits <= FEW_HITS;
}

function searchStretches(db: DatabaseSync, kind: PageKind, range: PageRange): Column[][] {
  const { project, descending, after } = range;
  const { of, from, alias } = kind;
  const operator = descending ? '<' : '>';
  const direction = descending ? 'DESC' : 'ASC';
  const start = `${alias}.start_us`;
  const edge = db.prepare(
    `SELECT ${start} AS value FROM ${from}
     WHERE ${alias}.project = ? AND ${start} ${operator}= ? AND in_time()
     ORDER BY ${start} ${direction} LIMIT 1 OFFSET ?`,
  );
  const ids = db.prepare(
    `SELECT min(${alias}.id) AS first, max(${alias}.id) AS last FROM ${from}
     WHERE ${alias}.project = ? AND ${start} BETWEEN ? AND ? AND in_time()`,
  );
  const rows: Column[][] = [];
  let near = after?.value ?? (descending ? Number.MAX_SAFE_INTEGER : Number.MIN_SAFE_INTEGER);
  for (let length = FIRST_STRETCH[of]; ; length = Math.min(2 * length, LONGEST_STRETCH)) {
    const found = edge.get(project, near, length) as { value: number } | undefined;
    const last = found === undefined;
    const end = descending ? Number.MIN_SAFE_INTEGER : Number.MAX_SAFE_INTEGER;
    const far = found?.value ?? end;
    const between = descending ? { low: far, high: near } : { low: near, high: far };
    const known = ids.get(project, between.low, between.high) as {
      first: number | null;
      last: number | null;
    };
    if (known.first !== null && known.last !== null) {
      const hits =
        of === 'span' ? { first: known.first, last: known.last } : spanIds(known.first, known.last);
      const limit = range.limit - rows.length;
      rows.push(...selectPage(db, kind, { ...range, between, hits, limit }));
    }
    if (last || rows.length >= range.limit) return rows;
    // The next one begins behind all rows that start at this one's end.
    near = far + (descending ? -1 : 1);
  }
}
