import { isMap } from './is-map.ts';
import { ListRanges } from './list-ranges.ts';

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
  if (Array.isArray(value)) return foldableList(value, 0, level);
  const entries = isMap(value) ? Object.entries(value) : [];
  const part = (from: number, to: number): unknown =>
    // `fromEntries` defines: a key `__proto__` stays a key.
    Object.fromEntries(
      entries.slice(from, to).map(([key, item]) => [keyOf(key, item), foldable(item, level + 1)]),
    );
  return entries.length <= MOST_ENTRIES
    ? part(0, entries.length)
    : Object.fromEntries(rangesOf(entries.length, 0, part));
}

/** @param first the place of its first element in the whole list */
function foldableList(list: readonly unknown[], first: number, level: number): unknown {
  if (list.length <= MOST_ENTRIES) return list.map((item) => foldable(item, level + 1));
  return new ListRanges(
    rangesOf(list.length, first, (from, to) =>
      foldableList(list.slice(from, to), first + from, level + 1),
    ),
  );
}

/** How many there are is said of a list of which only ranges are seen. */
function keyOf(key: string, item: unknown): string {
  const isLong = Array.isArray(item) && item.length > MOST_ENTRIES;
  return isLong ? `${shortened(key)} (${item.length.toLocaleString()})` : shortened(key);
}

/** Not more than a hundred ranges at one level either. */
function rangesOf(
  count: number,
  first: number,
  part: (from: number, to: number) => unknown,
): [string, unknown][] {
  const size = Math.max(MOST_ENTRIES, Math.ceil(count / MOST_ENTRIES));
  const ranges: [string, unknown][] = [];
  for (let from = 0; from < count; from += size) {
    const to = Math.min(count, from + size);
    ranges.push([`${first + from} … ${first + to - 1}`, part(from, to)]);
  }
  return ranges;
}

function shortened(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text;
  return `${text.slice(0, MOST_CHARACTERS)}… (${text.length - MOST_CHARACTERS} more characters)`;
}
