import type { TraceQueue } from './trace-queue.ts';

interface Waiter {
  /** For each trace, how many of its events have to be settled. */
  targets: Map<TraceQueue, number>;
  resolve: (inTime: boolean) => void;
  /** Holds the process: nothing else does while somebody waits. */
  timer: NodeJS.Timeout;
}

/** Those who wait until what was queued is through, or given up. */
export class FlushWaiters {
  readonly #waiters = new Set<Waiter>();

  /** `true` when all of it was settled in time. */
  wait(queues: readonly TraceQueue[], timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (inTime: boolean): void => {
        clearTimeout(waiter.timer);
        this.#waiters.delete(waiter);
        resolve(inTime);
      };
      const waiter: Waiter = {
        targets: new Map(queues.map((queue) => [queue, queue.pushedCount])),
        resolve: finish,
        timer: setTimeout(() => finish(false), timeoutMs),
      };
      this.#waiters.add(waiter);
    });
  }

  check(queue: TraceQueue): void {
    for (const waiter of this.#waiters) {
      const target = waiter.targets.get(queue);
      if (target === undefined || queue.settledCount < target) continue;
      waiter.targets.delete(queue);
      if (waiter.targets.size === 0) waiter.resolve(true);
    }
  }
}
