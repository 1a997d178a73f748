import { comparePositions, parseCursor, type Cursor, type TraceEvent } from '@spantail/protocol';
import { Column } from './column.ts';
import { firstAbove } from './first-above.ts';

/** What the scrubber marks an event with; several may hold. */
export const MARK = { model: 1, error: 2, lost: 4 } as const;

/** A longer wait between two events is cut to this where waits are skipped. */
export const MAX_WAIT_MS = 1_000;

/**
 * A run's events in the order of the log, with what is asked of them all the time in columns of
 * numbers: a hundred thousand of them are searched and drawn without touching the events.
 */
export class RunLog {
  readonly #events: TraceEvent[] = [];
  readonly #cursors: Cursor[] = [];
  readonly #timesMs = new Column();
  readonly #cutMs = new Column();
  readonly #agentUs = new Column();
  readonly #marks = new Column();

  get count(): number {
    return this.#events.length;
  }

  append(event: TraceEvent, cursor: Cursor, timeMs: number): void {
    const { count } = this;
    const previousMs = count === 0 ? timeMs : this.#timesMs.at(count - 1);
    const waitMs = Math.max(0, timeMs - previousMs);
    const cutBefore = count === 0 ? 0 : this.#cutMs.at(count - 1);
    const agentBefore = count === 0 ? 0 : this.#agentUs.at(count - 1);
    this.#events.push(event);
    this.#cursors.push(cursor);
    this.#timesMs.push(timeMs);
    this.#cutMs.push(cutBefore + Math.min(waitMs, MAX_WAIT_MS));
    // The agents' clock goes on with the log's between the events that tell it.
    const passedUs = agentBefore === 0 ? 0 : agentBefore + waitMs * 1_000;
    this.#agentUs.push(Math.max(passedUs, ownTimeUs(event)));
    this.#marks.push(marksOf(event));
  }

  clear(): void {
    this.#events.length = 0;
    this.#cursors.length = 0;
    for (const column of [this.#timesMs, this.#cutMs, this.#agentUs, this.#marks]) column.clear();
  }

  event(index: number): TraceEvent | undefined {
    return this.#events[index];
  }

  cursor(index: number): Cursor | undefined {
    return this.#cursors[index];
  }

  /** When the log took the event in. */
  timeMs(index: number): number {
    return this.#timesMs.at(index);
  }

  /** What the clock of the run's agents showed when the log took the event in. */
  agentUs(index: number): number {
    return this.#agentUs.at(index);
  }

  marks(index: number): number {
    return this.#marks.at(index);
  }

  /** How far from the beginning an event lies: in the log's time, or with long waits cut. */
  placeMs(index: number, skipWaits: boolean): number {
    if (skipWaits) return this.#cutMs.at(index);
    return this.#timesMs.at(index) - this.#timesMs.at(0);
  }

  lengthMs(skipWaits: boolean): number {
    return this.count === 0 ? 0 : this.placeMs(this.count - 1, skipWaits);
  }

  /** How many events lie at this place or before it. */
  countAtPlace(placeMs: number, skipWaits: boolean): number {
    return firstAbove(this.count, placeMs, (i) => this.placeMs(i, skipWaits));
  }

  /** The moment at this place when so many events lie behind it: never past the next one. */
  momentMs(count: number, placeMs: number, skipWaits: boolean): number {
    const lastMs = this.#timesMs.at(count - 1);
    const sinceMs = Math.max(0, placeMs - this.placeMs(count - 1, skipWaits));
    const nextMs = count < this.count ? this.#timesMs.at(count) : lastMs;
    return Math.min(lastMs + sinceMs, nextMs);
  }

  /** How many events the log had taken in by then. */
  countAtTime(timeMs: number): number {
    return firstAbove(this.count, timeMs, (i) => this.#timesMs.at(i));
  }

  /** How many events lie at the cursor or before it; `undefined` while it is not reached. */
  countAtCursor(cursor: Cursor): number | undefined {
    const wanted = parseCursor(cursor);
    if (wanted === undefined) return undefined;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      const parts = parseCursor(this.#cursors[middle] ?? '');
      const order =
        parts === undefined
          ? 0
          : comparePositions(parts.position, wanted.position) || parts.skip - wanted.skip;
      if (order <= 0) low = middle + 1;
      else high = middle;
    }
    return low === this.count && this.#cursors[low - 1] !== cursor ? undefined : low;
  }
}

function ownTimeUs(event: TraceEvent): number {
  if (event.type === 'open') return event.startUs;
  if (event.type === 'close') return event.endUs;
  return event.logs?.at(-1)?.timeUs ?? 0;
}

function marksOf(event: TraceEvent): number {
  if (event.type === 'open') return event.spanType === 'model' ? MARK.model : 0;
  if (event.type !== 'close') return 0;
  return (event.status === 'error' ? MARK.error : 0) | (event.reason === 'lost' ? MARK.lost : 0);
}
