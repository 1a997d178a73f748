import type { TimeUs } from '@spantail/protocol';
import type { RecordedAction } from '../recorded/action.ts';

/** How fast a run is played: 1 as recorded, 10 ten times as fast, `max` without waiting. */
export type Speed = number | 'max';

/** Recorded time → time in the play. */
export type Timeline = (recordedUs: TimeUs) => TimeUs;

/**
 * A played run starts now and its gaps are divided by the speed, so that open spans have a running
 * clock. At `max` it has its original durations and ends now.
 */
export function timelineOf(
  actions: readonly RecordedAction[],
  speed: Speed,
  nowUs: TimeUs,
): Timeline {
  let firstUs = Infinity;
  let lastUs = -Infinity;
  for (const action of actions) {
    firstUs = Math.min(firstUs, action.type === 'open' ? action.startUs : action.atUs);
    lastUs = Math.max(lastUs, action.atUs, action.type === 'close' ? action.endUs : 0);
  }
  if (speed === 'max') return (recordedUs) => Math.max(0, recordedUs - lastUs + nowUs);
  return (recordedUs) => nowUs + Math.round((recordedUs - firstUs) / speed);
}
