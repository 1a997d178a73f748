import { setImmediate } from 'node:timers/promises';

/** Spans between two turns: some ten milliseconds' work. */
const SPANS_A_TURN = 500;

/** Each item done, with a turn for everybody else now and then: a request may have 50,000 spans. */
export async function doAll<T>(items: readonly T[], each: (item: T) => void): Promise<void> {
  for (let start = 0; start < items.length; start += SPANS_A_TURN) {
    if (start > 0) await setImmediate();
    for (const item of items.slice(start, start + SPANS_A_TURN)) each(item);
  }
}
