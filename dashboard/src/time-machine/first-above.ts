/** How many of `count` ascending values are not above the limit, which is the index of the next. */
export function firstAbove(
  count: number,
  limit: number,
  valueAt: (index: number) => number,
): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (valueAt(middle) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
