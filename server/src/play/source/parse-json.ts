import type { JsonValue } from '../recorded/action.ts';
import { HALF_WRITTEN, runFileError } from './run-file-error.ts';

/**
 * Parses a file that is one JSON value.
 *
 * @throws SpantailError BAD_MESSAGE naming line and column, and telling a cut-off file from a
 *   damaged one
 */
export function parseJsonFile(file: string, text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    const offset = errorOffset(error, text);
    const cut = isCutOff(error, offset, text);
    const place = lineAndColumn(text, offset);
    throw runFileError(file, place, cut ? HALF_WRITTEN : 'not valid JSON', { cause: error });
  }
}

/** One line of a JSON-lines file. `last`: no newline follows, so it may still be being written. */
export function parseJsonLine(file: string, line: number, text: string, last: boolean): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    const cut = last && isCutOff(error, errorOffset(error, text), text);
    const problem = cut ? HALF_WRITTEN : 'not valid JSON';
    throw runFileError(file, `line ${line}`, problem, { cause: error });
  }
}

// V8 names the offset in its message, except where the input ends.
function errorOffset(error: unknown, text: string): number {
  const match = / at position (\d+)/.exec(String(error));
  return match === null ? text.length : Number(match[1]);
}

function isCutOff(error: unknown, offset: number, text: string): boolean {
  return offset >= text.trimEnd().length || /unterminated/i.test(String(error));
}

function lineAndColumn(text: string, offset: number): string {
  let line = 1;
  let start = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
    line++;
    start = at + 1;
  }
  return `line ${line}, column ${offset - start + 1}`;
}
