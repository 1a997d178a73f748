import type { DatabaseSync } from 'node:sqlite';
import type { Filter } from '@spantail/protocol';
import type { PageQuery } from '../archive.ts';
import { matchPhrase, usesText } from './compile-filter.ts';
import { ALWAYS_KNOWN, selectPage, type PageKind, type PageRange } from './page-query.ts';
import { spanIds, textTable } from './schema.ts';
import type { Column } from './span-columns.ts';

/** So few hits are fetched and sorted at once; of more, those in order are looked for. */
const FEW_HITS = 5_000;
/** Rows of the first stretch that is searched; each next one is twice as long. */
const FIRST_STRETCH = { run: 64, span: 1_024 };
const LONGEST_STRETCH = 262_144;
/** Stretches searched before hits are counted: a word that is common has filled the page by then. */
const STRETCHES_BEFORE_COUNTING = 4;

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
    else if (sort === 'start') rows.push(...searchStretches(db, kind, valued));
    else rows.push(...selectPage(db, kind, { ...valued, ...fewHitsOf(db, project, filter) }));
  }
  if (rows.length >= wanted || ALWAYS_KNOWN.has(sort)) return rows;
  const rest: PageRange = { ...range, part: 'rest', limit: wanted - rows.length };
  if (sort !== 'start' || filter === undefined || !usesText(filter))
    return [...rows, ...selectPage(db, kind, rest)];
  const hits = hitsAmong(db, kind, project, 'IS NULL', []);
  return hits === undefined ? rows : [...rows, ...selectPage(db, kind, { ...rest, hits })];
}

/** Between which ids of spans the hits of some rows lie; `undefined`: there are no such rows. */
function hitsAmong(
  db: DatabaseSync,
  { of, from, alias }: PageKind,
  project: number,
  start: 'IS NULL' | 'BETWEEN ? AND ?',
  values: number[],
): PageRange['hits'] {
  const { first, last } = db
    .prepare(
      `SELECT min(${alias}.id) AS first, max(${alias}.id) AS last FROM ${from}
       WHERE ${alias}.project = ? AND ${alias}.start_us ${start} AND in_time()`,
    )
    .get(project, ...values) as { first: number | null; last: number | null };
  if (first === null || last === null) return undefined;
  return of === 'span' ? { first, last } : spanIds(first, last);
}

/** The hits of a phrase that every row must have, when one is rare. */
function fewHitsOf(
  db: DatabaseSync,
  project: number,
  filter: Filter,
): Pick<PageRange, 'fewHits'> | undefined {
  if (filter.kind === 'and') {
    for (const part of filter.of) {
      const found = fewHitsOf(db, project, part);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (filter.kind !== 'text') return undefined;
  const match = matchPhrase(filter.phrase);
  if (match === undefined) return { fewHits: { phrase: filter, ids: [] } };
  const table = textTable(project);
  const rows = db
    .prepare(`SELECT rowid AS id FROM ${table} WHERE ${table} MATCH ? AND in_time() LIMIT ?`)
    .all(match, FEW_HITS + 1) as { id: number }[];
  if (rows.length > FEW_HITS) return undefined;
  return { fewHits: { phrase: filter, ids: rows.map(({ id }) => id) } };
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
  const rows: Column[][] = [];
  let near = after?.value ?? (descending ? Number.MAX_SAFE_INTEGER : Number.MIN_SAFE_INTEGER);
  let stretches = 0;
  for (let length = FIRST_STRETCH[of]; ; length = Math.min(2 * length, LONGEST_STRETCH)) {
    if (stretches++ === STRETCHES_BEFORE_COUNTING && range.filter !== undefined) {
      const few = fewHitsOf(db, project, range.filter);
      if (few !== undefined) return selectPage(db, kind, { ...range, ...few });
    }
    const found = edge.get(project, near, length) as { value: number } | undefined;
    const last = found === undefined;
    const end = descending ? Number.MIN_SAFE_INTEGER : Number.MAX_SAFE_INTEGER;
    const far = found?.value ?? end;
    const between = descending ? { low: far, high: near } : { low: near, high: far };
    const hits = hitsAmong(db, kind, project, 'BETWEEN ? AND ?', [between.low, between.high]);
    if (hits !== undefined) {
      const limit = range.limit - rows.length;
      rows.push(...selectPage(db, kind, { ...range, between, hits, limit }));
    }
    if (last || rows.length >= range.limit) return rows;
    // The next one begins behind all rows that start at this one's end.
    near = far + (descending ? -1 : 1);
  }
}
