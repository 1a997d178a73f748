import type { QueryList } from '@spantail/client/query';
import { renderTable, type Column } from '../../terminal/table/render-table.ts';
import { jsonLine, note, print, screen } from './output.ts';

export interface ListView<Row> {
  list: QueryList<Row>;
  limit: number;
  json: boolean;
  columns: readonly Column<Row>[];
  /** What there is none of: `runs`. */
  what: string;
}

/** Rows of a list: as lines of JSON as they come, or as one table. */
export async function printList<Row extends object>(view: ListView<Row>): Promise<number> {
  const { list, limit, json, columns, what } = view;
  const rows: Row[] = [];
  let count = 0;
  let more = false;
  for await (const row of list) {
    if (count === limit) {
      more = true;
      break;
    }
    count++;
    if (json) await print(jsonLine(row));
    else rows.push(row);
  }
  if (json) return 0;
  if (count === 0) note(`no ${what}`);
  else await print(renderTable(rows, columns, screen()));
  if (more) note(`there are more; --limit ${limit * 5} shows more of them`);
  return 0;
}

/** Rows of one page: one more than wanted, so that it shows whether there are more. */
export function pageRows(limit: number): number {
  return Math.min(1_000, limit + 1);
}
