import { randomUUID } from 'node:crypto';
import { setImmediate as immediate, setTimeout as pause } from 'node:timers/promises';
import {
  RUNS_STREAM,
  START_POSITION,
  SpantailError,
  backoffMs,
  encodeRunSummary,
  type RunSummary,
} from '@spantail/protocol';
import { LRUCache } from 'lru-cache';
import type { EventLog, StreamName, WorkItem } from '../log/event-log.ts';
import { TrackedRun } from './tracked-run.ts';

export interface TrackerOptions {
  log: EventLog;
  /** A run whose publishers all said that nothing is open is over after this. Default 400. */
  graceMs?: number;
  /** A run with no open span, but a publisher that did not say so, is over after this. Default 15,000. */
  quietMs?: number;
  /** Another tracker's work is taken over after this. Default 10,000. */
  stealAfterMs?: number;
  /** Entries kept in the feed of runs, about. Default 5,000. */
  feedEntries?: number;
  /** Told of faults that are not outages of the log. Default: nobody. */
  onError?: (error: unknown) => void;
}

const READ = { maxEntries: 1_000, maxBytes: 4 * 1024 * 1024 };
const WAIT_MS = 500;
const TAKE_ITEMS = 256;
/**
 * Between two rounds: what a busy trace writes meanwhile is one visit. The first news after a pause
 * are looked at at once.
 */
const GATHER_MS = 100;

/**
 * Takes traces from the work queue, folds what is new, announces runs in the feed of runs and marks
 * the end of those that are over. Several may work side by side: the queue shares the traces out,
 * and the end is written only while the log's tail is what the tracker has read.
 */
export class Tracker {
  readonly #log: EventLog;
  readonly #options: Required<Omit<TrackerOptions, 'log'>>;
  readonly #name = `tracker-${randomUUID()}`;
  readonly #runs = new LRUCache<string, TrackedRun>({ max: 10_000 });
  /** Runs with nothing open: looked at again when they may be over. Their work is not done. */
  readonly #settling = new Map<string, WorkItem>();
  readonly #stop = new AbortController();
  #number = 0;
  #done: Promise<void> | undefined;

  constructor(options: TrackerOptions) {
    this.#log = options.log;
    this.#options = {
      graceMs: 400,
      quietMs: 15_000,
      stealAfterMs: 10_000,
      feedEntries: 5_000,
      onError: () => {},
      ...options,
    };
  }

  start(): void {
    this.#done ??= this.#work();
  }

  /** Finishes what is in hand; what is settling is left to the next tracker. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async #work(): Promise<void> {
    const { signal } = this.#stop;
    let failures = 0;
    while (!signal.aborted) {
      try {
        const items = await this.#log.takeWork(this.#name, {
          maxItems: TAKE_ITEMS,
          waitMs: this.#settling.size > 0 ? Math.min(WAIT_MS, this.#options.graceMs / 2) : WAIT_MS,
          stealAfterMs: this.#options.stealAfterMs,
          signal,
        });
        for (const item of items) {
          await this.#visitOrSkip(item);
          // The embedded log never waits: publishers and viewers must have their turns in between.
          await immediate();
        }
        await this.#revisit();
        failures = 0;
        if (items.length > 0 && items.length < TAKE_ITEMS)
          await pause(GATHER_MS, null, { signal }).catch(() => {});
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof SpantailError)) this.#options.onError(error);
        await pause(50 + backoffMs(failures++, Math.random(), { maxMs: 5_000 }), null, {
          signal,
        }).catch(() => {});
      }
    }
  }

  async #revisit(): Promise<void> {
    for (const [key, item] of this.#settling) {
      const run = this.#runs.get(key);
      const { graceMs, quietMs } = this.#options;
      if (run === undefined || run.over(Date.now(), graceMs, quietMs) !== undefined)
        await this.#visitOrSkip(item);
    }
  }

  /** A trace that cannot be folded holds up no other one. */
  async #visitOrSkip(item: WorkItem): Promise<void> {
    try {
      await this.#visit(item);
    } catch (error) {
      if (error instanceof SpantailError && error.code === 'LOG_UNAVAILABLE') throw error;
      this.#options.onError(error);
      await this.#forget(`${item.project}/${item.streamId}`, item);
    }
  }

  async #visit(item: WorkItem): Promise<void> {
    const key = `${item.project}/${item.streamId}`;
    let run = this.#runs.get(key) ?? new TrackedRun(item.streamId);
    if (!(await this.#readNew(item, run))) {
      // What was folded is not in the log any more: its open spans would never end.
      run = run.startedAnew();
      await this.#readNew(item, run);
    }
    this.#runs.set(key, run);
    const reason = run.over(Date.now(), this.#options.graceMs, this.#options.quietMs);
    if (reason !== undefined) {
      const { outcome } = await this.#log.append(
        { ...this.#nextBatch(item), events: [] },
        { end: reason, expectLast: run.position },
      );
      const readTo = run.position;
      await this.#readNew(item, run);
      // A conflict without news: the stream is gone (expired, flushed), and its run with it.
      if (outcome === 'conflict' && run.position === readTo) return this.#forget(key, item);
    }
    const summary = run.news();
    if (summary !== undefined) {
      await this.#announce(item.project, summary);
      run.told(summary);
    }

    const held = this.#settling.get(key);
    if (held !== undefined && held.id !== item.id) await this.#log.acknowledge([held]);
    if (run.settling) {
      // Not acknowledged: should this process die now, another tracker will mark the end.
      this.#settling.set(key, item);
    } else {
      this.#settling.delete(key);
      await this.#log.acknowledge([item]);
    }
  }

  async #forget(key: string, item: WorkItem): Promise<void> {
    this.#runs.delete(key);
    this.#settling.delete(key);
    await this.#log.acknowledge([item]);
  }

  /** `false` when the log is not the one any more that the run was read from. */
  async #readNew(stream: StreamName, run: TrackedRun): Promise<boolean> {
    for (;;) {
      const options = { after: run.position, ...READ };
      const entries =
        run.position === START_POSITION
          ? await this.#log.read(stream, options)
          : await this.#log.readProven(stream, options);
      if (entries === undefined) return false;
      let bytes = 0;
      for (const entry of entries) {
        run.take(entry);
        bytes += entry.events.byteLength;
      }
      // No bound ended the read: it reached the tail, and what comes later brings its own work.
      if (entries.length < READ.maxEntries && bytes < READ.maxBytes) return true;
    }
  }

  async #announce(project: string, summary: RunSummary): Promise<void> {
    await this.#log.append(
      {
        ...this.#nextBatch({ project, streamId: RUNS_STREAM }),
        events: [encodeRunSummary(summary)],
      },
      { maxEntries: this.#options.feedEntries },
    );
  }

  #nextBatch(stream: StreamName) {
    const { project, streamId } = stream;
    return {
      project,
      streamId,
      producer: this.#name,
      number: ++this.#number,
      fin: true,
      blobs: [],
      refs: [],
    };
  }
}
