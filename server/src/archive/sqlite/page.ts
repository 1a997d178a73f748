import {
  sortValue,
  type PageKey,
  type RunRow,
  type SortField,
  type SpanRow,
} from '@spantail/protocol';
import type { Page } from '../archive.ts';
import { fromRunBody } from './run-columns.ts';
import { fromSpanColumns, type Column } from './span-columns.ts';

interface Order {
  sort: SortField;
  limit: number;
}

/** A page of what was found, one row more than its limit where there are more. */
export function toRunPage(found: Column[][], order: Order): Page<RunRow> {
  const rows = found.slice(0, order.limit).map(([body]) => fromRunBody(body as string));
  const last = found.length > order.limit ? rows.at(-1) : undefined;
  return last === undefined ? { rows } : { rows, next: keyOf(last, order.sort) };
}

export function toSpanPage(found: Column[][], order: Order): Page<SpanRow> {
  const rows = found.slice(0, order.limit).map(fromSpanColumns);
  const last = found.length > order.limit ? rows.at(-1) : undefined;
  if (last === undefined) return { rows };
  return { rows, next: { ...keyOf(last, order.sort), spanId: last.spanId } };
}

function keyOf(row: RunRow | SpanRow, sort: SortField): PageKey {
  return { value: sortValue(row, sort) ?? null, traceId: row.traceId };
}
