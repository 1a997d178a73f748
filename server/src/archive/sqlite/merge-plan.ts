/** A segment this large is not touched again. */
export const SEGMENT_BYTES = 262_144;
/** Small segments of one size before they become one. */
const FAN_IN = 8;
/** Sizes up to which small segments are gathered: each byte is rewritten about three times in all. */
const STEPS = [8_192, 65_536, SEGMENT_BYTES];

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
  for (const limit of STEPS) {
    // What an earlier step gathers counts as one.
    if (sum(rawBytes.slice(-merged)) >= limit) continue;
    const before = rawBytes.slice(0, -merged);
    const small = before.length - 1 - before.findLastIndex((bytes) => bytes >= limit);
    if (1 + small >= FAN_IN) merged += small;
  }
  return merged;
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, bytes) => total + bytes, 0);
}
