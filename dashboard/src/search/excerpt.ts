import { visibleLine } from '../payload/visible-text.ts';

/** The line around a place in a text, which begins so far before it at most. */
export function excerptAt(
  text: string,
  { index, length }: { index: number; length: number },
  { before, after }: { before: number; after: number },
): string {
  const from = wordStart(text, Math.max(0, index - before), index);
  const to = Math.min(text.length, index + length + after);
  const line = text
    .slice(from, to)
    .replaceAll(/\\[nrt]|\s+/g, ' ')
    .trim();
  return `${from > 0 ? '…' : ''}${visibleLine(line)}${to < text.length ? '…' : ''}`;
}

/** Not in the middle of a word, unless it is the one that was found. */
function wordStart(text: string, from: number, index: number): number {
  if (from === 0) return from;
  const space = text.slice(from, index).search(/\s/);
  return space === -1 ? from : from + space + 1;
}
