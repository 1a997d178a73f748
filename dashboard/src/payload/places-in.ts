import { excerptAt } from '../search/excerpt.ts';
import { textPattern } from '../search/text-pattern.ts';

/** So many are told with what is around them; the others are counted. */
const MOST_EXCERPTS = 500;

export interface Place {
  /** From 1. */
  line: number;
  excerpt: string;
}

/** Where a text is in another, in order. */
export function placesIn(text: string, wanted: string): { places: Place[]; count: number } {
  const pattern = textPattern(wanted, 'gi');
  const places: Place[] = [];
  let count = 0;
  let [line, from] = [1, 0];
  if (pattern === undefined) return { places, count };
  for (const { index, 0: found } of text.matchAll(pattern)) {
    count++;
    if (places.length >= MOST_EXCERPTS) continue;
    for (
      let at = text.indexOf('\n', from);
      at !== -1 && at < index;
      at = text.indexOf('\n', from)
    ) {
      line++;
      from = at + 1;
    }
    const place = { index, length: found.length };
    places.push({ line, excerpt: excerptAt(text, place, { before: 40, after: 100 }) });
  }
  return { places, count };
}
