/** The two clocks may drift apart this far before the wall clock is believed. */
const MOST_DRIFT_US = 50_000;

/**
 * Microseconds since the epoch. `Date.now` has only milliseconds, too coarse to order siblings;
 * `performance.now` has microseconds but knows nothing of a clock that was set, and stands still
 * while a laptop sleeps. So the second counts on from the first, and is set again when they part.
 */
export function nowUs(): number {
  const wallUs = Date.now() * 1_000;
  const runUs = performance.now() * 1_000;
  if (Math.abs(anchorUs + runUs - wallUs) > MOST_DRIFT_US) anchorUs = wallUs - runUs;
  return Math.floor(anchorUs + runUs);
}

let anchorUs = performance.timeOrigin * 1_000;
