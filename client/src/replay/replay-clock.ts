/** Longest wait a timer can hold. */
const MAX_TIMER_MS = 2_147_483_647;

/** How fast a run is played: 1 as it was, 10 ten times as fast, `max` without waiting. */
export type ReplaySpeed = number | 'max';

/**
 * Where a replay stands on the log's clock. Time passes `speed` times as fast as it did, not at all
 * while it is paused, and waits are counted from one anchor, so that they do not add up their errors.
 */
export class ReplayClock {
  readonly #maxWaitMs: number;
  #speed: ReplaySpeed;
  #paused = false;
  /** This moment of the log … */
  #logMs: number | undefined;
  /** … was at this moment of ours (`performance.now`). */
  #ownMs = 0;
  #wake: () => void = () => {};

  /** @param maxWaitMs a longer wait is cut to this: an agent may have slept for hours */
  constructor(speed: ReplaySpeed, maxWaitMs = Number.POSITIVE_INFINITY) {
    this.#speed = speed;
    this.#maxWaitMs = maxWaitMs;
  }

  get speed(): ReplaySpeed {
    return this.#speed;
  }

  set speed(speed: ReplaySpeed) {
    this.#anchor();
    this.#speed = speed;
    this.#wake();
  }

  get paused(): boolean {
    return this.#paused;
  }

  pause(): void {
    this.#anchor();
    this.#paused = true;
    this.#wake();
  }

  resume(): void {
    this.#ownMs = performance.now();
    this.#paused = false;
    this.#wake();
  }

  /** The moment of the log that is being played, milliseconds since the epoch. */
  get timeMs(): number | undefined {
    if (this.#logMs === undefined || this.#paused || this.#speed === 'max') return this.#logMs;
    return this.#logMs + (performance.now() - this.#ownMs) * this.#speed;
  }

  /** Begins here, if it has not begun. */
  begin(logMs: number): void {
    if (this.#logMs !== undefined) return;
    this.#logMs = logMs;
    this.#ownMs = performance.now();
  }

  /** Resolves when this moment of the log has come, or the signal aborts. */
  async reach(logMs: number, signal: AbortSignal): Promise<void> {
    this.begin(logMs);
    for (;;) {
      if (signal.aborted) return;
      const waitMs = this.#paused ? MAX_TIMER_MS : this.#until(logMs);
      if (waitMs <= 0) break;
      await this.#sleep(waitMs, signal);
    }
    if (this.#speed === 'max') this.#set(logMs);
  }

  #until(logMs: number): number {
    if (this.#speed === 'max') return 0;
    const waitMs = (logMs - (this.timeMs ?? logMs)) / this.#speed;
    if (waitMs <= this.#maxWaitMs) return waitMs;
    this.#set(logMs - this.#maxWaitMs * this.#speed);
    return this.#maxWaitMs;
  }

  #anchor(): void {
    const { timeMs } = this;
    if (timeMs !== undefined) this.#set(timeMs);
  }

  #set(logMs: number): void {
    this.#logMs = logMs;
    this.#ownMs = performance.now();
  }

  #sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#wake = () => {};
        resolve();
      };
      const timer = setTimeout(done, Math.min(ms, MAX_TIMER_MS));
      this.#wake = done;
      signal.addEventListener('abort', done, { once: true });
    });
  }
}
