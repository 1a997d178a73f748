import {
  sortValue,
  type PageKey,
  type RunRow,
  type SortField,
  type SpanRow,
} from '@spantail/protocol';
import type { Page } from '../../archive/archive.ts';

/** Characters of one answer; the row that reaches them is the last one. */
const MOST_CHARACTERS = 8 * 1024 * 1024;
/** Rows are read in steps, so that large ones are not all in memory at once. */
const ROWS_AT_ONCE = 100;

export interface ListParts<Row> {
  limit: number;
  after: PageKey | undefined;
  sort: SortField;
  /** Reads one step of the page. */
  read: (limit: number, after: PageKey | undefined) => Promise<Page<Row>>;
  /** Rows of one step as JSON. */
  toJson: (rows: Row[]) => Promise<object[]> | object[];
  tokenAt: (key: PageKey) => string;
}

/** `{"<name>": [rows…], "next"?}` as text, bounded in rows and in size. */
export async function listAnswer<Row extends RunRow | SpanRow>(
  name: string,
  parts: ListParts<Row>,
): Promise<string> {
  const texts: string[] = [];
  let characters = 0;
  let after = parts.after;
  let more = true;
  while (more && texts.length < parts.limit && characters < MOST_CHARACTERS) {
    const page = await parts.read(Math.min(ROWS_AT_ONCE, parts.limit - texts.length), after);
    const rows = await parts.toJson(page.rows);
    more = page.next !== undefined;
    after = page.next;
    for (const [i, row] of rows.entries()) {
      const text = JSON.stringify(row);
      texts.push(text);
      characters += text.length;
      const full = page.rows[i];
      if (characters < MOST_CHARACTERS || full === undefined || i === rows.length - 1) continue;
      more = true;
      after = keyOf(full, parts.sort);
      break;
    }
  }
  const next = more && after !== undefined ? `,"next":${JSON.stringify(parts.tokenAt(after))}` : '';
  return `{"${name}":[${texts.join(',')}]${next}}`;
}

function keyOf(row: RunRow | SpanRow, sort: SortField): PageKey {
  const key = { value: sortValue(row, sort) ?? null, traceId: row.traceId };
  return 'spanId' in row ? { ...key, spanId: row.spanId } : key;
}
