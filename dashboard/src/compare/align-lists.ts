/** Indexes of two items that belong together. */
export type IndexPair = readonly [left: number, right: number];

export interface AlignOptions<T> {
  /** Equal keys belong together. */
  keyOf: (item: T) => string;
  /** Others that may, where nothing better is there. */
  areAlike: (left: T, right: T) => boolean;
}

/** Above so many cells of the table a cheaper way is taken, which knows equal keys only. */
const MOST_CELLS = 4_000_000;
const EQUAL_SCORE = 3;
const ALIKE_SCORE = 1;

/**
 * A longest common subsequence: pairs in the order of both lists, as many as can be, equal ones
 * before those that are only alike.
 */
export function alignLists<T>(
  left: readonly T[],
  right: readonly T[],
  { keyOf, areAlike }: AlignOptions<T>,
): IndexPair[] {
  const leftKeys = left.map(keyOf);
  const rightKeys = right.map(keyOf);
  const shorter = Math.min(left.length, right.length);
  let head = 0;
  while (head < shorter && leftKeys[head] === rightKeys[head]) head++;
  let tail = 0;
  while (
    tail < shorter - head &&
    leftKeys[left.length - 1 - tail] === rightKeys[right.length - 1 - tail]
  )
    tail++;
  const rows = left.length - head - tail;
  const columns = right.length - head - tail;
  const score = (row: number, column: number): number => {
    if (leftKeys[head + row] === rightKeys[head + column]) return EQUAL_SCORE;
    const [a, b] = [left[head + row], right[head + column]];
    return a !== undefined && b !== undefined && areAlike(a, b) ? ALIKE_SCORE : 0;
  };
  const middle =
    rows * columns <= MOST_CELLS
      ? bestPairs(rows, columns, score)
      : risingPairs(leftKeys.slice(head, head + rows), rightKeys.slice(head, head + columns));
  return [
    ...Array.from({ length: head }, (_, i): IndexPair => [i, i]),
    ...middle.map(([row, column]): IndexPair => [head + row, head + column]),
    ...Array.from({ length: tail }, (_, i): IndexPair => [
      left.length - tail + i,
      right.length - tail + i,
    ]),
  ];
}

/** The textbook's table: the best score of what is left of both lists from each cell on. */
function bestPairs(
  rows: number,
  columns: number,
  score: (row: number, column: number) => number,
): IndexPair[] {
  const width = columns + 1;
  const best = new Uint32Array((rows + 1) * width);
  const at = (row: number, column: number): number => best[row * width + column] ?? 0;
  const paired = (row: number, column: number): number => {
    const own = score(row, column);
    return own === 0 ? 0 : own + at(row + 1, column + 1);
  };
  for (let row = rows - 1; row >= 0; row--)
    for (let column = columns - 1; column >= 0; column--)
      best[row * width + column] = Math.max(
        at(row + 1, column),
        at(row, column + 1),
        paired(row, column),
      );
  const pairs: IndexPair[] = [];
  let [row, column] = [0, 0];
  while (row < rows && column < columns) {
    const here = at(row, column);
    if (here > 0 && paired(row, column) === here) pairs.push([row++, column++]);
    else if (at(row + 1, column) === here) row++;
    else column++;
  }
  return pairs;
}

/** The first of a key belongs to the other list's first, and so on; of these pairs the longest rise. */
function risingPairs(left: readonly string[], right: readonly string[]): IndexPair[] {
  const places = new Map<string, number[]>();
  right.forEach((key, i) => {
    const list = places.get(key);
    if (list === undefined) places.set(key, [i]);
    else list.push(i);
  });
  const used = new Map<string, number>();
  const candidates = left.flatMap((key, i): IndexPair[] => {
    const nth = used.get(key) ?? 0;
    used.set(key, nth + 1);
    const place = places.get(key)?.[nth];
    return place === undefined ? [] : [[i, place]];
  });
  /** Of each length, the candidate that such a rise ends with at the lowest place. */
  const ends: number[] = [];
  const before: number[] = [];
  candidates.forEach(([, place], i) => {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((candidates[ends[middle] ?? 0]?.[1] ?? 0) < place) low = middle + 1;
      else high = middle;
    }
    before[i] = low === 0 ? -1 : (ends[low - 1] ?? -1);
    ends[low] = i;
  });
  const pairs: IndexPair[] = [];
  for (let i = ends.at(-1) ?? -1; i >= 0; i = before[i] ?? -1) {
    const pair = candidates[i];
    if (pair !== undefined) pairs.push(pair);
  }
  return pairs.toReversed();
}
