import type { RunFile } from '../formats/format.ts';
import type { JsonRecord } from './json-records.ts';
import { HALF_WRITTEN, runFileError } from './run-file-error.ts';

/**
 * The rows of a CSV file (RFC 4180) as objects of texts, by the names in its first row.
 *
 * @throws SpantailError BAD_MESSAGE naming file and row
 */
export function readCsvRecords({ file, text }: RunFile): JsonRecord[] {
  const [names = [], ...rows] = csvRows(file, text.replace(/^\uFEFF/, ''));
  return rows.map((cells, index) => {
    const place = `row ${index + 2}`;
    if (cells.length !== names.length) {
      const isLast = index === rows.length - 1 && !text.endsWith('\n');
      const problem = `${cells.length} values for ${names.length} columns`;
      throw runFileError(file, place, isLast ? HALF_WRITTEN : problem);
    }
    const entries = names.map((name, column): [string, string] => [name, cells[column] ?? '']);
    return { place, value: Object.fromEntries(entries) };
  });
}

function csvRows(file: string, text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    const cell = text[at] === '"' ? quotedCell(text, at) : plainCell(text, at);
    if (typeof cell === 'string') throw runFileError(file, `row ${rows.length + 1}`, cell);
    row.push(cell.value);
    at = cell.end;
    if (text[at] === ',') {
      at++;
      if (at < text.length) continue;
      row.push('');
    } else if (text.startsWith('\r\n', at)) at += 2;
    else at++;
    rows.push(row);
    row = [];
  }
  return rows.filter((cells) => cells.length > 1 || cells[0] !== '');
}

/** A cell's value, and where what ends it is: a comma, the end of a line or of the text. */
interface Cell {
  value: string;
  end: number;
}

function plainCell(text: string, start: number): Cell | string {
  let end = start;
  while (end < text.length && text[end] !== ',' && text[end] !== '\n') end++;
  const value = text.slice(start, end).replace(/\r$/, '');
  return value.includes('"') ? NOT_CSV : { value, end: start + value.length };
}

/** Two quotes in it are one. No regular expression: a long cell is more than its stack holds. */
function quotedCell(text: string, start: number): Cell | string {
  const pieces: string[] = [];
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return HALF_WRITTEN;
    if (text[quote + 1] !== '"') {
      pieces.push(text.slice(from, quote));
      const end = quote + 1;
      const isEnd =
        end === text.length || text[end] === ',' || /^\r?\n/.test(text.slice(end, end + 2));
      return isEnd ? { value: pieces.join(''), end } : NOT_CSV;
    }
    pieces.push(text.slice(from, quote + 1));
    from = quote + 2;
  }
}

const NOT_CSV = 'not valid CSV';
