import type { RunFile } from '../formats/format.ts';
import type { JsonValue } from '../recorded/action.ts';
import { parseJsonFile, parseJsonLine } from './parse-json.ts';

/** A JSON value of a file, and where it is: `''` for the whole file. */
export interface JsonRecord {
  place: string;
  value: JsonValue;
}

/**
 * The values of a file that is one JSON value, or one a line. A list counts as its elements.
 *
 * @throws SpantailError BAD_MESSAGE naming file and line
 */
export function readJsonRecords({ file, text }: RunFile): JsonRecord[] {
  // A first line that is whole, and another one behind it.
  const isLines = /^\s*[[{][^\n]*[\]}][ \t\r]*\n\s*[[{]/.test(text);
  const values = isLines
    ? jsonLines(file, text)
    : [{ place: '', value: parseJsonFile(file, text) }];
  return values.flatMap(({ place, value }): JsonRecord[] => {
    if (!Array.isArray(value)) return [{ place, value }];
    const prefix = place === '' ? '' : `${place}, `;
    return value.map((item, index) => ({ place: `${prefix}span ${index + 1}`, value: item }));
  });
}

function jsonLines(file: string, text: string): JsonRecord[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const value = parseJsonLine(file, index + 1, line, index === lines.length - 1);
    return [{ place: `line ${index + 1}`, value }];
  });
}
