import { randomUUID } from 'node:crypto';
import { setImmediate as immediate, setTimeout as pause } from 'node:timers/promises';
import {
  RUNS_STREAM,
  SpantailError,
  backoffMs,
  encodeRunSummary,
  type PriceTable,
  type RunRow,
} from '@spantail/protocol';
import { LRUCache } from 'lru-cache';
import type { Archive, RunCommit } from '../archive/archive.ts';
import type { EventLog, StreamName, WorkItem } from '../log/event-log.ts';
import { HeldWork, runKey } from './held-work.ts';
import { tidyHotLog, type HotLogOptions } from './hot-log.ts';
import type { IndexedRun } from './indexed-run.ts';
import { RunReader } from './run-reader.ts';

export interface IndexerOptions extends Partial<HotLogOptions> {
  /** The hot log, without the archive behind it. */
  log: EventLog;
  /** Absent: runs are followed and announced, not recorded. */
  archive?: Archive;
  /** A run whose publishers all said that nothing is open is over after this. Default 400. */
  graceMs?: number;
  /** A run with no open span, but a publisher that did not say so, is over after this. Default 15,000. */
  quietMs?: number;
  /** Another indexer's work is taken over after this. Default 10,000. */
  stealAfterMs?: number;
  /** A run is looked at, committed and announced no more often than this. Default 500. */
  visitMs?: number;
  /** Entries kept in the feed of runs, about. Default 5,000. */
  feedEntries?: number;
  /** What models cost. Default: the list prices. */
  prices?: PriceTable;
  /** Told of faults that are not outages. Default: nobody. */
  onError?: (error: unknown) => void;
}

/** How far the record is behind the log, as far as this indexer has it in hand. */
export interface IndexerLag {
  /** Entries that were read and are not in the archive. */
  entries: number;
  /** How long the oldest news have waited. */
  ms: number;
}

const WAIT_MS = 500;
const TAKE_ITEMS = 256;
/** Between two rounds: what many runs write meanwhile is one commit. */
const GATHER_MS = 50;
/** One commit has about this much. */
const COMMIT_BYTES = 8 * 1024 * 1024;
const COMMIT_RUNS = 128;
const CACHE_BYTES = 256 * 1024 * 1024;

interface Visit {
  item: WorkItem;
  run: IndexedRun;
  row: RunRow;
  more: boolean;
  commit: RunCommit | undefined;
}

/**
 * Takes runs from the work queue, folds what is new, commits it to the archive, announces runs in
 * the feed and marks the end of those that are over. Work is acknowledged when the archive has it,
 * so a crash anywhere repeats nothing and loses nothing. Several may work side by side: the queue
 * shares the runs out, a commit holds only where the archive stands as expected, and the end is
 * written only while the log's tail is what was read.
 */
export class Indexer {
  readonly #log: EventLog;
  readonly #archive: Archive | undefined;
  readonly #options: Required<Omit<IndexerOptions, 'log' | 'archive' | 'prices'>>;
  readonly #name = `indexer-${randomUUID()}`;
  readonly #reader: RunReader;
  readonly #runs = new LRUCache<string, IndexedRun>({
    maxSize: CACHE_BYTES,
    maxEntrySize: Number.MAX_SAFE_INTEGER,
    sizeCalculation: (run) => Math.min(CACHE_BYTES, Math.ceil(run.memoryBytes)),
  });
  readonly #held = new HeldWork();
  readonly #stop = new AbortController();
  #number = 0;
  #archiveAway = false;
  #done: Promise<void> | undefined;

  constructor(options: IndexerOptions) {
    const { log, archive, prices, onError = () => {} } = options;
    this.#log = log;
    this.#archive = archive;
    this.#options = {
      graceMs: 400,
      quietMs: 15_000,
      stealAfterMs: 10_000,
      visitMs: 500,
      feedEntries: 5_000,
      hotAfterEndMs: 600_000,
      hotEntries: 10_000,
      ...options,
      onError,
    };
    this.#reader = new RunReader(log, archive, prices, onError);
  }

  start(): void {
    this.#done ??= this.#work();
  }

  /** Commits what is in hand, if that is possible; what is settling is left to the next indexer. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  lag(): IndexerLag {
    const nowMs = performance.now();
    let entries = 0;
    let ms = 0;
    for (const { item, newsSinceMs = nowMs } of this.#held.withNews()) {
      entries += this.#runs.peek(runKey(item))?.pending.length ?? 0;
      ms = Math.max(ms, nowMs - newsSinceMs);
    }
    return { entries, ms: Math.round(ms) };
  }

  async #work(): Promise<void> {
    const { signal } = this.#stop;
    let failures = 0;
    while (!signal.aborted) {
      try {
        const taken = await this.#take();
        await this.#visitAll(this.#held.due(performance.now()));
        failures = 0;
        this.#archiveAway = false;
        if (taken > 0 && taken < TAKE_ITEMS) await rest(GATHER_MS, signal);
      } catch (error) {
        if (!isOutage(error)) this.#options.onError(error);
        this.#archiveAway = error instanceof SpantailError && error.code === 'ARCHIVE_UNAVAILABLE';
        await rest(50 + backoffMs(failures++, Math.random(), { maxMs: 5_000 }), signal);
      }
    }
    try {
      await this.#visitAll(this.#held.withNews().map(({ item }) => item));
    } catch {
      // Not acknowledged: whoever comes next does it.
    }
  }

  /** While the archive is away nothing is taken: the log keeps it, and others may have one. */
  async #take(): Promise<number> {
    const { signal } = this.#stop;
    const nowMs = performance.now();
    if (this.#archiveAway && this.#held.withNews().length > 0) return 0;
    const items = await this.#log.takeWork(this.#name, {
      maxItems: TAKE_ITEMS,
      waitMs: this.#held.waitMs(nowMs, WAIT_MS),
      stealAfterMs: this.#options.stealAfterMs,
      signal,
    });
    const takenMs = performance.now();
    for (const item of items) {
      const visitedMs = this.#runs.peek(runKey(item))?.visitedMs ?? Number.NEGATIVE_INFINITY;
      const dueMs = Math.max(takenMs, visitedMs + this.#options.visitMs);
      const replaced = this.#held.add(item, takenMs, dueMs);
      if (replaced !== undefined) await this.#log.acknowledge([replaced]);
    }
    return items.length;
  }

  async #visitAll(items: readonly WorkItem[]): Promise<void> {
    let visits: Visit[] = [];
    let bytes = 0;
    for (const item of items) {
      const visit = await this.#orForget(item, () => this.#visit(item));
      // The embedded log never waits: publishers and viewers must have their turns in between.
      await immediate();
      if (visit === undefined) continue;
      visits.push(visit);
      bytes += visit.run.pendingBytes + (visit.run.blobs?.pendingBytes ?? 0);
      if (bytes < COMMIT_BYTES && visits.length < COMMIT_RUNS) continue;
      await this.#finish(visits);
      visits = [];
      bytes = 0;
    }
    await this.#finish(visits);
  }

  /** A run that cannot be folded or kept holds up no other one. */
  async #orForget<T>(item: WorkItem, step: () => Promise<T>): Promise<T | undefined> {
    try {
      return await step();
    } catch (error) {
      if (isOutage(error)) throw error;
      this.#options.onError(error);
      await this.#forget(item);
      return undefined;
    }
  }

  async #visit(item: WorkItem): Promise<Visit | undefined> {
    const { graceMs, quietMs } = this.#options;
    const key = runKey(item);
    const stream: StreamName = { project: item.project, streamId: item.streamId };
    const known = this.#runs.get(key) ?? (await this.#reader.open(stream));
    this.#runs.set(key, known);
    let { run, more } = await this.#reader.readNew(known);
    const reason = more ? undefined : run.over(Date.now(), graceMs, quietMs);
    if (reason !== undefined) {
      const { outcome } = await this.#log.append(
        { ...this.#nextBatch(stream), events: [] },
        { end: reason, expectLast: run.position },
      );
      const readTo = run.position;
      ({ run, more } = await this.#reader.readNew(run));
      if (outcome === 'conflict' && run.position === readTo) {
        // Without news: the stream is gone (expired, flushed), and its run with it.
        await this.#forget(item);
        return undefined;
      }
    }
    this.#runs.set(key, run);
    run.visitedMs = performance.now();
    const row = run.row();
    return { item, run, row, more, commit: await run.toCommit(row) };
  }

  /** Commits, then tells the feed, then acknowledges. */
  async #finish(visits: readonly Visit[]): Promise<void> {
    const kept = await this.#commit(visits);
    for (const visit of kept) await this.#orForget(visit.item, () => this.#settle(visit));
  }

  /** Those that need nothing more of the archive. */
  async #commit(visits: readonly Visit[]): Promise<Visit[]> {
    const archive = this.#archive;
    const commits = visits.flatMap(({ commit }) => commit ?? []);
    if (archive === undefined || commits.length === 0) return [...visits];
    let outcomes;
    try {
      outcomes = await archive.commit(commits);
    } catch (error) {
      if (isOutage(error)) throw error;
      const [only, ...others] = visits;
      if (only !== undefined && others.length === 0) {
        this.#options.onError(error);
        await this.#forget(only.item);
        return [];
      }
      // One of them cannot be kept, and must not hold up the others.
      const kept: Visit[] = [];
      for (const visit of visits) kept.push(...(await this.#commit([visit])));
      return kept;
    }
    const conflicts = new Set(commits.filter((_, i) => outcomes[i] === 'conflict'));
    for (const { item, run, commit } of visits) {
      if (commit === undefined) continue;
      if (conflicts.has(commit)) {
        // Another indexer was faster: what this one knows is not what the archive has.
        this.#runs.delete(runKey(item));
        this.#held.again(item, performance.now());
      } else run.committed(commit.position);
    }
    return visits.filter(({ commit }) => commit === undefined || !conflicts.has(commit));
  }

  async #settle({ item, run, row, more }: Visit): Promise<void> {
    const { graceMs, quietMs, visitMs } = this.#options;
    await tidyHotLog(this.#log, run, this.#options);
    if (more) return this.#held.again(item, performance.now());
    const summary = run.news(row);
    if (summary !== undefined) {
      await this.#announce(item.project, encodeRunSummary(summary));
      run.told(summary);
    }
    if (run.settling) {
      // Not acknowledged: should this process die now, another indexer will mark the end.
      const silentMs = Date.now() - run.lastEntryMs;
      const waitMs = Math.max(1, run.settleMs(graceMs, quietMs) - silentMs);
      this.#held.settle(item, Math.max(performance.now() + waitMs, run.visitedMs + visitMs));
      return;
    }
    await this.#log.acknowledge([item]);
    this.#held.remove(item);
  }

  async #forget(item: WorkItem): Promise<void> {
    this.#runs.delete(runKey(item));
    await this.#log.acknowledge([item]);
    this.#held.remove(item);
  }

  async #announce(project: string, summary: Uint8Array): Promise<void> {
    await this.#log.append(
      { ...this.#nextBatch({ project, streamId: RUNS_STREAM }), events: [summary] },
      { maxEntries: this.#options.feedEntries },
    );
  }

  #nextBatch({ project, streamId }: StreamName) {
    const number = ++this.#number;
    return { project, streamId, producer: this.#name, number, fin: true, blobs: [], refs: [] };
  }
}

/** The store's fault, not the run's: it is tried again. */
function isOutage(error: unknown): boolean {
  return (
    error instanceof SpantailError &&
    (error.code === 'LOG_UNAVAILABLE' || error.code === 'ARCHIVE_UNAVAILABLE')
  );
}

function rest(ms: number, signal: AbortSignal): Promise<unknown> {
  return pause(ms, null, { signal }).catch(() => {});
}
