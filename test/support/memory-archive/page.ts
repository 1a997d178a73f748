import { sortValue, type PageKey, type RunRow, type SpanRow } from '@spantail/protocol';
import type { Page, PageQuery } from 'spantail';

type Order = Pick<PageQuery, 'sort' | 'descending' | 'limit' | 'after'>;

/** All rows in order, then those behind `after`, then the first of them. */
export function pageOf<Row extends RunRow | SpanRow>(rows: Row[], order: Order): Page<Row> {
  const { sort, descending, limit, after } = order;
  const keyed = rows
    .map((row) => ({ row, key: keyOf(row, sort) }))
    .sort((a, b) => compareKeys(a.key, b.key, descending))
    .filter(({ key }) => after === undefined || compareKeys(key, after, descending) > 0);
  const page = keyed.slice(0, limit);
  const last = page.at(-1);
  return {
    rows: page.map(({ row }) => structuredClone(row)),
    ...(last !== undefined && keyed.length > limit ? { next: last.key } : {}),
  };
}

function keyOf(row: RunRow | SpanRow, sort: Order['sort']): PageKey {
  const key = { value: sortValue(row, sort) ?? null, traceId: row.traceId };
  return 'spanId' in row ? { ...key, spanId: row.spanId } : key;
}

function compareKeys(a: PageKey, b: PageKey, descending: boolean): number {
  if (a.value === null || b.value === null) {
    if (a.value !== b.value) return a.value === null ? 1 : -1;
  } else if (a.value !== b.value) return descending ? b.value - a.value : a.value - b.value;
  const [idA, idB] = [idsOf(a), idsOf(b)];
  const ids = idA === idB ? 0 : idA < idB ? -1 : 1;
  return descending ? -ids : ids;
}

function idsOf({ traceId, spanId = '' }: PageKey): string {
  return `${traceId}/${spanId}`;
}
