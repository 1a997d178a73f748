import { LIMITS, type Batch } from '@spantail/protocol';
import type { Exporter } from '../exporter/exporter.ts';
import type { TraceQueue } from './trace-queue.ts';

export interface LeaseKeeperOptions {
  exporter: Exporter;
  producer: string;
  /** Aborted: nothing more is sent. */
  signal: AbortSignal;
  onFailure: (error: Error) => void;
}

/** Below this, what any process does now and then would pass for its death. */
const LEAST_LEASE_MS = 300;
const DEFAULT_LEASE_MS = 15_000;
/**
 * How often in a lease it is looked whether the log has heard of this publisher. A trace of which
 * nothing was sent since the last look is renewed, so that it is never out of sight for longer than
 * a third, and an agent that does not come to it for two thirds is still in time.
 */
const LOOKS = 6;
const REQUEST_TRACES = 1_000;

/** What the option means; whatever was passed, it works. */
export function leaseMsOf(option: number | false | undefined): number | undefined {
  if (option === false) return undefined;
  if (typeof option !== 'number' || Number.isNaN(option)) return DEFAULT_LEASE_MS;
  return Math.round(Math.min(LIMITS.leaseMs, Math.max(LEAST_LEASE_MS, option)));
}

/**
 * Tells the log, while spans are open and nothing else is sent, that their publisher is alive. Each
 * look tries again what failed before; an attempt that hangs does not hold up the next one.
 */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  /** Traces in which the log believes something open, and when it has heard of them for certain. */
  readonly #heardAtMs = new Map<TraceQueue, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
    options.signal.addEventListener('abort', () => this.#stop(), { once: true });
  }

  /** The log has this batch. */
  accepted(queue: TraceQueue, { fin, leaseMs }: Batch, sentAtMs: number): void {
    if (fin) this.#heardAtMs.delete(queue);
    else if (leaseMs !== undefined && !this.#options.signal.aborted) {
      this.#heardAtMs.set(queue, sentAtMs);
      // Does not keep the agent's process alive.
      this.#timer ??= setInterval(() => this.#look(leaseMs), leaseMs / LOOKS).unref();
    }
  }

  #look(leaseMs: number): void {
    const nowMs = performance.now();
    const due: TraceQueue[] = [];
    for (const [queue, heardAtMs] of this.#heardAtMs) {
      // Given up: what is open there will not be closed, and the log shall find out.
      if (queue.open.size === 0 && !queue.hasWork) this.#heardAtMs.delete(queue);
      else if (nowMs - heardAtMs >= leaseMs / LOOKS) due.push(queue);
    }
    if (this.#heardAtMs.size === 0) this.#stop();
    for (let at = 0; at < due.length; at += REQUEST_TRACES)
      void this.#renew(due.slice(at, at + REQUEST_TRACES), leaseMs, nowMs);
  }

  async #renew(queues: TraceQueue[], leaseMs: number, sentAtMs: number): Promise<void> {
    const { exporter, producer, signal, onFailure } = this.#options;
    const traceIds = queues.map(({ traceId }) => traceId);
    const attempt = AbortSignal.any([signal, AbortSignal.timeout(leaseMs / 2)]);
    try {
      await exporter.renew(producer, traceIds, leaseMs, attempt);
    } catch (error) {
      if (!signal.aborted) onFailure(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    for (const queue of queues) {
      const heardAtMs = this.#heardAtMs.get(queue);
      if (heardAtMs !== undefined && heardAtMs < sentAtMs) this.#heardAtMs.set(queue, sentAtMs);
    }
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
