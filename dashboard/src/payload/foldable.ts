import { isMap } from './is-map.ts';

/** Entries of one level that are shown at once; more of them are folded into ranges. */
export const MOST_ENTRIES = 100;
/** Characters of a text inside JSON. */
export const MOST_CHARACTERS = 4_000;
/** Levels that are looked through: below them a tree is opened by hand, one level at a time. */
const MOST_LEVELS = 60;

/**
 * The value as a tree of it may be shown without a freeze, whatever an agent put into it: a level
 * with thousands of entries has ranges that open on demand, and a long text is cut (raw has it all).
 */
export function foldable(value: unknown, level = 0): unknown {
  if (typeof value === 'string') return shortened(value);
  if (typeof value !== 'object' || value === null || level > MOST_LEVELS) return value;
  if (Array.isArray(value)) {
    if (value.length <= MOST_ENTRIES) return value.map((item) => foldable(item, level + 1));
    return inRanges(value.length, (from, to) => foldable(value.slice(from, to), level + 1));
  }
  const entries = isMap(value) ? Object.entries(value) : [];
  const part = (from: number, to: number): unknown =>
    // `fromEntries` defines: a key `__proto__` stays a key.
    Object.fromEntries(
      entries.slice(from, to).map(([key, item]) => [shortened(key), foldable(item, level + 1)]),
    );
  return entries.length <= MOST_ENTRIES ? part(0, entries.length) : inRanges(entries.length, part);
}

/** Not more than a hundred ranges at one level either. */
function inRanges(count: number, part: (from: number, to: number) => unknown): unknown {
  const size = Math.max(MOST_ENTRIES, Math.ceil(count / MOST_ENTRIES));
  const ranges: [string, unknown][] = [];
  for (let from = 0; from < count; from += size) {
    const to = Math.min(count, from + size);
    ranges.push([`${from} … ${to - 1}`, part(from, to)]);
  }
  return Object.fromEntries(ranges);
}

function shortened(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text;
  return `${text.slice(0, MOST_CHARACTERS)}… (${text.length - MOST_CHARACTERS} more characters)`;
}
