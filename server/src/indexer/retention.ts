import { backoffMs } from '@spantail/protocol';
import type { Archive, RunSize } from '../archive/archive.ts';
import type { EventLog } from '../log/event-log.ts';

export interface RetentionLimits {
  /** Runs that ended longer ago than this are removed. Absent: never for their age. */
  maxAgeMs?: number;
  /** Above this many bytes of a project the oldest runs are removed. Absent: never for its size. */
  maxBytes?: number;
}

export interface RetentionOptions extends RetentionLimits {
  archive: Archive;
  /** What is removed from the archive leaves the hot log too. */
  log: EventLog;
  /** Between two looks. Default a minute. */
  everyMs?: number;
  now?: () => number;
  /** Told of faults; the next look tries again. */
  onError?: (error: unknown) => void;
}

/** Runs removed in one step: some milliseconds, so that nothing else is held up. */
const STEP_RUNS = 20;
/** When the size is above its bound, this much is removed at once, so that it is not at it again. */
const SIZE_SLACK = 0.95;

/**
 * Keeps each project of the archive within an age and a size. Removes whole runs, the oldest first,
 * a few at a time; never one that is not over, which `Archive.oldest` does not name.
 */
export class Retention {
  readonly #options: RetentionOptions;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #failures = 0;

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#options.maxAgeMs === undefined && this.#options.maxBytes === undefined) return;
    this.#schedule(0);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    await this.#looking;
  }

  /** One look at every project. How many runs were removed. */
  async look(): Promise<number> {
    let removed = 0;
    for (const project of await this.#options.archive.projects()) {
      removed += await this.#removeOld(project);
      removed += await this.#removeSurplus(project);
    }
    return removed;
  }

  #schedule(waitMs: number): void {
    if (this.#stop.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.#lookAgain();
    }, waitMs);
    this.#timer.unref();
  }

  async #lookAgain(): Promise<void> {
    try {
      await this.look();
      this.#failures = 0;
      this.#schedule(this.#options.everyMs ?? 60_000);
    } catch (error) {
      this.#options.onError?.(error);
      this.#schedule(1_000 + backoffMs(this.#failures++, Math.random(), { maxMs: 60_000 }));
    }
  }

  async #removeOld(project: string): Promise<number> {
    const { archive, maxAgeMs, now = Date.now } = this.#options;
    if (maxAgeMs === undefined) return 0;
    const beforeUs = (now() - maxAgeMs) * 1_000;
    return this.#removeWhile(project, () => archive.oldest(project, STEP_RUNS, beforeUs));
  }

  async #removeSurplus(project: string): Promise<number> {
    const { archive, maxBytes } = this.#options;
    if (maxBytes === undefined || (await archive.size(project)) <= maxBytes) return 0;
    return this.#removeWhile(project, async () => {
      const surplusBytes = (await archive.size(project)) - maxBytes * SIZE_SLACK;
      return upTo(surplusBytes, await archive.oldest(project, STEP_RUNS));
    });
  }

  async #removeWhile(project: string, next: () => Promise<RunSize[]>): Promise<number> {
    let removed = 0;
    while (!this.#stop.signal.aborted) {
      const traceIds = (await next()).map(({ traceId }) => traceId);
      if (traceIds.length === 0) return removed;
      const { archive, log } = this.#options;
      const streams = traceIds.map((streamId) => ({ project, streamId }));
      const positions = await Promise.all(streams.map((stream) => archive.position(stream)));
      const count = await archive.remove(project, traceIds);
      // Somebody else was faster, or they went on: the next look finds out.
      if (count === 0) return removed;
      removed += count;
      // Only what was archived: a run that goes on just now keeps what it has got since.
      for (const [i, stream] of streams.entries())
        await log.expire(stream, 1, positions[i]?.position);
    }
    return removed;
  }
}

/** As many of the oldest as it takes. */
function upTo(bytes: number, runs: readonly RunSize[]): RunSize[] {
  const chosen: RunSize[] = [];
  let left = bytes;
  for (const run of runs) {
    if (left <= 0) break;
    chosen.push(run);
    left -= run.bytes;
  }
  return chosen;
}
