import type { RunFile } from '../formats/format.ts';
import type { JsonRecord } from './json-records.ts';
import { HALF_WRITTEN, runFileError } from './run-file-error.ts';

/** A value with quotes around it (in which two are one), or one without, and what ends it. */
const CELL = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|$)/y;

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
    CELL.lastIndex = at;
    const match = CELL.exec(text);
    if (match === null) {
      // A quote that is never closed is what a cut leaves.
      const isCut = text[at] === '"' && !/[^"]"(?:,|\r?\n|$)/.test(text.slice(at + 1));
      const problem = isCut ? HALF_WRITTEN : 'not valid CSV';
      throw runFileError(file, `row ${rows.length + 1}`, problem);
    }
    const [whole, quoted, plain = '', end] = match;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    at += whole.length;
    if (end === ',' && at < text.length) continue;
    if (end === ',') row.push('');
    rows.push(row);
    row = [];
  }
  return rows.filter((cells) => cells.length > 1 || cells[0] !== '');
}
