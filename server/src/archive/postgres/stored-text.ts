import { toWellFormed } from '@spantail/protocol';

/**
 * PostgreSQL's text cannot hold U+0000. In columns this noncharacter, which Unicode keeps for such
 * inner uses, stands for it; rows as they are answered come from `body`, which holds anything.
 */
const NUL = '\u0000';
const NUL_STAND_IN = '\uFDD0';

/** Text as a column can hold it. A lone surrogate, which UTF-8 has no bytes for, is U+FFFD. */
export function storedText(text: string): string {
  return toWellFormed(text).replaceAll(NUL, NUL_STAND_IN);
}

/** The text of a column as it was. */
export function shownText(text: string): string {
  return text.replaceAll(NUL_STAND_IN, NUL);
}

/** SQL for a column's text in the order of its UTF-8 bytes, what stands for U+0000 near the front. */
export function inByteOrder(column: string): string {
  return `translate(${column}, U&'\\FDD0', U&'\\0001') COLLATE "C"`;
}

/** JSON in which every text, keys too, is one that a column can hold. */
export function storedJson(value: unknown): string {
  const json = JSON.stringify(value);
  if (!json.includes('\\u')) return json;
  // An escaped backslash is passed over, so that the text `\u0000` itself is left alone.
  return json.replace(/\\\\|\\u0000|\\ud[89a-f][0-9a-f]{2}/g, (escape) =>
    escape === '\\\\' ? escape : escape === '\\u0000' ? NUL_STAND_IN : '\uFFFD',
  );
}
