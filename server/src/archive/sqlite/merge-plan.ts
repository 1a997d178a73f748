/** A segment this large is not touched again. */
export const SEGMENT_BYTES = 262_144;
/** Small segments of one size before they become one. */
const FAN_IN = 8;
/**
 * Sizes up to which small segments are gathered. Each is as many times the one before as are gathered:
 * what was gathered counts for the next step, and each byte is rewritten once a step.
 */
const STEPS = [512, 4_096, 32_768, SEGMENT_BYTES];

/**
 * How many of a run's newest segments to write as one, given their sizes, the oldest first and the
 * new one last; those before the new one are smaller than {@link SEGMENT_BYTES}.
 *
 * Rewriting the last one at each commit would cost a long run of small commits far more than it has
 * bytes; never rewriting would leave a segment for each entry. So small ones are gathered by steps.
 *
 * @param ended nothing more is expected: everything small becomes one
 */
export function segmentsToMerge(rawBytes: readonly number[], ended: boolean): number {
  const total = sum(rawBytes);
  if (ended || total >= SEGMENT_BYTES) return rawBytes.length;
  let merged = 1;
  let below = 0;
  for (const limit of STEPS) {
    const first = rawBytes.findLastIndex((bytes) => bytes >= limit) + 1;
    // What an earlier step gathers counts as one; what it did not gather does not count yet.
    const before = rawBytes.slice(first, rawBytes.length - merged);
    const sizes = [...before, sum(rawBytes.slice(-merged))];
    const ofThisStep = sizes.filter((bytes) => bytes >= below && bytes < limit).length;
    if (ofThisStep >= FAN_IN) merged = rawBytes.length - first;
    below = limit;
  }
  return merged;
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, bytes) => total + bytes, 0);
}
