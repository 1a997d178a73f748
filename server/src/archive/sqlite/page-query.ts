import type { DatabaseSync } from 'node:sqlite';
import type { Filter, PageKey, SortField } from '@spantail/protocol';
import {
  compileFilter,
  type CompileTarget,
  type Condition,
  type KnownHits,
} from './compile-filter.ts';
import { RUN_COLUMNS } from './run-columns.ts';
import { runOfId } from './schema.ts';
import { SPAN_COLUMNS, bytesOf, type Column } from './span-columns.ts';

/** What a page is of: runs or spans. */
export interface PageKind {
  of: 'run' | 'span';
  alias: string;
  from: string;
  columns: string;
  /** What orders rows of equal value. */
  ids: readonly string[];
}

export const PAGE_KINDS: Record<PageKind['of'], PageKind> = {
  run: {
    of: 'run',
    alias: 'r',
    from: 'runs r',
    columns: `r.${RUN_COLUMNS.at(-1)}`,
    ids: ['r.trace'],
  },
  span: {
    of: 'span',
    alias: 's',
    from: 'spans s',
    columns: SPAN_COLUMNS.map((name) => `s.${name}`).join(', '),
    ids: ['s.trace', 's.span'],
  },
};

export const SORT_COLUMNS: Record<SortField, string> = {
  start: 'start_us',
  duration: 'duration_us',
  tokens: 'tokens',
  cost: 'cost_usd',
  activity: 'activity_us',
  spans: 'span_count',
  errors: 'error_count',
};
/** Every row has them. */
export const ALWAYS_KNOWN: ReadonlySet<SortField> = new Set(['activity', 'spans', 'errors']);
/** Many rows have the same value, so that their index has the ids as well. */
const INDEXED_WITH_IDS: ReadonlySet<SortField> = new Set(['spans', 'errors']);

/** Rows of one project in one order, those with a value or those without. */
export interface PageRange {
  project: number;
  filter: Filter | undefined;
  sort: SortField;
  descending: boolean;
  limit: number;
  after: PageKey | undefined;
  /** `valued`: those that have one; `rest`: those that do not. */
  part: 'valued' | 'rest';
  /** Only values in between, both ends included. */
  between?: { low: number; high: number };
  hits?: CompileTarget['hits'];
  /** Go through these hits of a phrase of the filter, not through an index of the order. */
  fewHits?: KnownHits;
}

/** The rows of a range, at most `limit`, as the columns of their kind. */
export function selectPage(db: DatabaseSync, kind: PageKind, range: PageRange): Column[][] {
  const { alias, ids } = kind;
  const { filter, sort, descending, after, part, between, fewHits } = range;
  // A plus keeps SQLite from using an index on the column.
  const hide = fewHits === undefined ? '' : '+';
  const value = `${hide}${alias}.${SORT_COLUMNS[sort]}`;
  const conditions: Condition[] = [
    { sql: `${hide}${alias}.project = ?`, values: [range.project] },
    // Called for each row that is looked at: it throws when the query's time is over.
    { sql: 'in_time()', values: [] },
  ];
  // Not beside a comparison, which says it too: SQLite may take it for the range's lower end, and so
  // go through all rows below the range.
  if (part === 'rest') conditions.push({ sql: `${value} IS NULL`, values: [] });
  else if (between === undefined && after === undefined)
    conditions.push({ sql: `${value} IS NOT NULL`, values: [] });
  if (kind.of === 'span')
    conditions.push({ sql: `${runOfId('s.id')} NOT IN (SELECT run FROM buried)`, values: [] });
  if (between !== undefined)
    conditions.push({ sql: `${value} BETWEEN ? AND ?`, values: [between.low, between.high] });
  if (after !== undefined)
    conditions.push(...behind(after, { value, ids, sort, descending, part }));
  if (filter !== undefined)
    conditions.push(
      compileFilter(filter, {
        of: kind.of,
        project: range.project,
        ...(range.hits === undefined ? {} : { hits: range.hits }),
        ...(fewHits === undefined ? {} : { known: fewHits }),
      }),
    );
  const direction = descending ? 'DESC' : 'ASC';
  // Rows without a start or a duration are few: by the value's index, not along that of the ids.
  const few = part === 'rest' && (sort === 'start' || sort === 'duration');
  const order = (
    part === 'valued' ? [value, ...ids] : ids.map((id) => `${few ? '+' : ''}${id}`)
  ).map((term) => `${term} ${direction}`);
  const statement = db.prepare(
    `SELECT ${kind.columns} FROM ${kind.from}
     WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}
     ORDER BY ${order.join(', ')} LIMIT ?`,
  );
  statement.setReturnArrays(true);
  const values = conditions.flatMap((condition) => condition.values);
  return statement.all(...values, range.limit) as unknown as Column[][];
}

function behind(
  { value, traceId, spanId }: PageKey,
  order: Pick<PageRange, 'sort' | 'descending' | 'part'> &
    Pick<PageKind, 'ids'> & { value: string },
): Condition[] {
  const { value: column, ids, sort, descending, part } = order;
  if (part === 'rest' && value !== null) return [];
  const idValues = [bytesOf(traceId), bytesOf(spanId ?? '')].slice(0, ids.length);
  const operator = descending ? '<' : '>';
  if (part === 'rest')
    return [
      {
        sql: `(${ids.join(', ')}) ${operator} (${ids.map(() => '?').join(', ')})`,
        values: idValues,
      },
    ];
  if (value === null) return [{ sql: '0', values: [] }];
  const all: Condition = {
    sql: `(${[column, ...ids].join(', ')}) ${operator} (?, ${ids.map(() => '?').join(', ')})`,
    values: [value, ...idValues],
  };
  // With an index that has the value alone, the value alone must say where to begin.
  return INDEXED_WITH_IDS.has(sort)
    ? [all]
    : [{ sql: `${column} ${operator}= ?`, values: [value] }, all];
}
