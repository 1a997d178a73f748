import type { EventLog } from 'spantail';

/**
 * Decides in which order things happen that may happen in any order: each call of a log waits for
 * its turn twice, before it is made and before its answer is known, and so does each ring.
 */
export class SlotScheduler {
  readonly #random: () => number;
  readonly #waiting: (() => void)[] = [];

  constructor(random: () => number) {
    this.#random = random;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  turn(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Lets one of those that wait go on. */
  release(): void {
    const [resolve] = this.#waiting.splice(Math.floor(this.#random() * this.#waiting.length), 1);
    resolve?.();
  }

  /** The log as seen through this scheduler; a ring is lost with the given probability. */
  wrap(inner: EventLog, ringLoss: number): EventLog {
    const delayed =
      <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        await this.turn();
        const result = await call(...args);
        await this.turn();
        return result;
      };
    return new Proxy(inner, {
      get: (target, name) => {
        const method = name as keyof EventLog;
        if (method === 'onReconnect') return () => () => {};
        if (method === 'listen')
          return delayed((stream: Parameters<EventLog['listen']>[0], ring: () => void) =>
            target.listen(stream, () => {
              if (this.#random() >= ringLoss) void this.turn().then(ring);
            }),
          );
        return delayed(target[method].bind(target) as (...args: unknown[]) => Promise<unknown>);
      },
    });
  }
}
