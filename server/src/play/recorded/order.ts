import type { RecordedAction, SpanKey } from './action.ts';

/**
 * Sorts a run's actions by their recorded times without breaking causality.
 *
 * `actions` are given so that each span's own actions are in order and a parent's opening is ahead
 * of its children's. Recorded clocks may contradict that (lines written late, clocks of two
 * processes); then the later action waits for what it depends on, and only its `atUs` moves: the
 * span's recorded start and end stay as they are. Equal times keep the given order.
 */
export function orderActions(actions: readonly RecordedAction[]): RecordedAction[] {
  const openedUs = new Map<SpanKey, number>();
  const lastUs = new Map<SpanKey, number>();
  const ordered = actions.map((action) => {
    let atUs = Math.max(action.atUs, lastUs.get(action.key) ?? 0);
    if (action.type === 'open') {
      if (action.parentKey !== undefined)
        atUs = Math.max(atUs, openedUs.get(action.parentKey) ?? 0);
      openedUs.set(action.key, atUs);
    }
    lastUs.set(action.key, atUs);
    return atUs === action.atUs ? action : { ...action, atUs };
  });
  return ordered.sort((a, b) => a.atUs - b.atUs);
}

/** Counts of a run, for reports. */
export function countSpans(actions: readonly RecordedAction[]): number {
  return actions.reduce((count, action) => count + (action.type === 'open' ? 1 : 0), 0);
}
