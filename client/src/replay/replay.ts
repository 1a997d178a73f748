import { toItem, type EventItem, type NoticeItem } from '../event-item.ts';
import { leavable } from '../leavable.ts';
import type { PayloadLoader } from '../loadable.ts';
import type { QueueItem } from '../subscription/item-queue.ts';
import { liesBehind, resolveMoment, type Moment } from './moment.ts';
import { ReplayClock, type ReplaySpeed } from './replay-clock.ts';

export interface ReplayOptions {
  /** How many times as fast as it happened. Default 1. */
  speed?: ReplaySpeed;
  /** What lies before this moment comes at once; playing begins here. Default the run's beginning. */
  from?: Moment;
  /** No wait is longer than this, in milliseconds of the viewer's time. Default: as long as it was. */
  maxWaitMs?: number;
  /** `false`: end when all there is was played, though the run is still live. Default `true`. */
  live?: boolean;
  signal?: AbortSignal;
}

/** An event with its cursor, the same as it had live, and when the log took it in. */
export type ReplayItem = (EventItem & { timeMs: number }) | NoticeItem;

/** The items of a subscription, until the signal aborts. */
export type ReadFrom = (leaving: AbortSignal) => AsyncIterable<QueueItem>;

/**
 * A run played again with the timing it had, by the log's clock: `for await` its events; pause it,
 * change its speed, as it goes. A run that is still live goes on live when all there is was played.
 */
export class Replay implements AsyncIterable<ReplayItem> {
  readonly #read: ReadFrom;
  readonly #load: PayloadLoader;
  readonly #options: ReplayOptions;
  readonly #clock: ReplayClock;

  constructor(read: ReadFrom, load: PayloadLoader, options: ReplayOptions) {
    const { speed = 1, maxWaitMs, from } = options;
    // Says now what is wrong with it, not when the first event is asked for.
    if (from !== undefined) resolveMoment(from);
    this.#read = read;
    this.#load = load;
    this.#options = options;
    this.#clock = new ReplayClock(speed, maxWaitMs);
  }

  /** Changes how fast it goes, at once. */
  get speed(): ReplaySpeed {
    return this.#clock.speed;
  }

  set speed(speed: ReplaySpeed) {
    this.#clock.speed = speed;
  }

  /** The moment being played, milliseconds since the epoch by the log's clock. */
  get timeMs(): number | undefined {
    return this.#clock.timeMs;
  }

  get paused(): boolean {
    return this.#clock.paused;
  }

  pause(): void {
    this.#clock.pause();
  }

  resume(): void {
    this.#clock.resume();
  }

  [Symbol.asyncIterator](): AsyncGenerator<ReplayItem, void, undefined> {
    return leavable((leaving) => this.#play(leaving));
  }

  async *#play(leaving: AbortSignal): AsyncGenerator<ReplayItem, void, undefined> {
    const { from, live = true, signal } = this.#options;
    const begin = from === undefined ? undefined : resolveMoment(from);
    const stop = signal === undefined ? leaving : AbortSignal.any([leaving, signal]);
    for await (const item of this.#read(stop)) {
      if (item.kind === 'notice') {
        const { notice } = item;
        if (notice.type === 'gap' || notice.type === 'reset') yield notice;
        else if (notice.type === 'end' || (notice.type === 'live' && !live)) return;
        continue;
      }
      const { bytes, cursor, timeMs } = item;
      if (begin === undefined || liesBehind(begin, cursor, timeMs)) {
        if (begin?.kind === 'time') this.#clock.begin(begin.timeMs);
        await this.#clock.reach(timeMs, stop);
        if (stop.aborted) return;
      }
      yield Object.assign(toItem(bytes, cursor, this.#load), { timeMs });
    }
  }
}
