import { describe, expect, it } from 'vitest';
import { SEGMENT_BYTES, segmentsToMerge } from '../../../server/src/archive/sqlite/merge-plan.ts';

/** Commits of one size, as segments; how often each byte was written, and the segments left. */
function commitMany(bytes: number, count: number, ended: boolean) {
  const segments: number[] = [];
  let written = 0;
  for (let i = 1; i <= count; i++) {
    const firstSmall = segments.findLastIndex((size) => size >= SEGMENT_BYTES) + 1;
    const small = [...segments.slice(firstSmall), bytes];
    const merged = segmentsToMerge(small, ended && i === count);
    expect(merged).toBeGreaterThanOrEqual(1);
    expect(merged).toBeLessThanOrEqual(small.length);
    const joined = small.slice(-merged).reduce((sum, size) => sum + size, 0);
    segments.splice(segments.length - (merged - 1), merged - 1, joined);
    written += joined;
  }
  return { segments, rewrites: written / (bytes * count) };
}

describe('gathering small segments', () => {
  it('leaves a first segment, and one beside a few, as they are', () => {
    expect(segmentsToMerge([100], false)).toBe(1);
    expect(segmentsToMerge([100, 100, 100], false)).toBe(1);
  });

  it('gathers all that is small when the run is over, or when it makes a full segment', () => {
    expect(segmentsToMerge([200_000, 10, 10], true)).toBe(3);
    expect(segmentsToMerge([200_000, 50_000, 20_000], false)).toBe(3);
    expect(segmentsToMerge([1_000_000], false)).toBe(1);
  });

  it('gathers eight of a size, and with them eight of the next', () => {
    expect(
      segmentsToMerge(
        Array.from({ length: 8 }, () => 100),
        false,
      ),
    ).toBe(8);
    expect(segmentsToMerge([60_000, ...Array.from({ length: 8 }, () => 100)], false)).toBe(8);
    const sevenOfNext = Array.from({ length: 7 }, () => 9_000);
    const eight = Array.from({ length: 8 }, () => 2_000);
    expect(segmentsToMerge([...sevenOfNext, ...eight], false)).toBe(15);
    expect(segmentsToMerge([...sevenOfNext.slice(1), ...eight], false)).toBe(8);
  });

  it.each([100, 300, 1_000, 9_000, 70_000, 300_000])(
    'writes each byte a few times only, and ends with full segments (%i bytes a commit)',
    (bytes) => {
      const count = Math.ceil((5 * SEGMENT_BYTES) / bytes);
      const { segments, rewrites } = commitMany(bytes, count, true);
      // Once when it comes, then once a step.
      expect(rewrites).toBeLessThan(6);
      expect(segments.length).toBeLessThanOrEqual(6);
      const live = commitMany(bytes, count - 1, false).segments;
      expect(live.length).toBeLessThan(5 + 4 * 8);
    },
  );
});
