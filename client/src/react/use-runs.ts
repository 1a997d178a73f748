import { useEffect, useMemo, useState } from 'react';
import type { RunRow, RunSummary, SpantailError, TraceId } from '@spantail/protocol';
import type { Client } from '../client.ts';
import type { ListOptions } from '../query/query-client.ts';
import { Frames } from './frames.ts';
import { useClient } from './provider.ts';

export interface UseRunsOptions extends Omit<ListOptions, 'signal' | 'next'> {
  /** `false`: the list as it was when it was asked for. Default `true`. */
  live?: boolean;
}

/** Runs that match a filter. A new object whenever something changed. */
export interface RunsView {
  /** In the order asked for; each with the newest that is known of it. */
  runs: readonly RunRow[];
  /** The first answer has not come yet. */
  loading: boolean;
  /** The last question failed; the list is the one before it. */
  error: SpantailError | Error | undefined;
  /** There are more than `runs`: {@link RunsView.loadMore}. */
  hasMore: boolean;
  loadMore: () => void;
}

/** The record is asked again at most so often when there is news of runs. */
const ASK_AGAIN_MS = 1_000;
const PAGE_ROWS = 50;

/**
 * Runs by a filter, kept current: what is known of a listed run is renewed as it is announced, and
 * when others appear or may match now, the record is asked again.
 *
 * @example
 * const { runs } = useRuns({ status: 'running', agent: 'researcher' });
 */
export function useRuns({ live = true, ...query }: UseRunsOptions = {}): RunsView {
  const client = useClient();
  const key = JSON.stringify(query);
  // The same question is the same object, whatever the caller builds at each render.
  const asked = useMemo(() => JSON.parse(key) as ListOptions, [key]);
  const [view, setView] = useState<RunsView>(EMPTY);
  useEffect(() => {
    const list = new LiveRuns(client, asked, setView);
    list.start(live);
    return () => list.stop();
  }, [client, asked, live]);
  return view;
}

const EMPTY: RunsView = {
  runs: [],
  loading: true,
  error: undefined,
  hasMore: false,
  loadMore: () => {},
};

/** The question of one {@link useRuns}, and its answer as it changes. */
class LiveRuns {
  readonly #client: Client;
  readonly #query: ListOptions;
  readonly #show: (view: RunsView) => void;
  readonly #leaving = new AbortController();
  readonly #summaries = new Map<TraceId, RunSummary>();
  readonly #frames = new Frames(() => this.#tell());
  #rows: RunRow[] = [];
  #wanted: number;
  #hasMore = false;
  #loading = true;
  #error: SpantailError | Error | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking = false;
  #askAgain = false;

  constructor(client: Client, query: ListOptions, show: (view: RunsView) => void) {
    this.#client = client;
    this.#query = query;
    this.#show = show;
    this.#wanted = query.limit ?? PAGE_ROWS;
  }

  start(live: boolean): void {
    void this.#ask();
    if (live) void this.#follow();
  }

  stop(): void {
    this.#leaving.abort();
    clearTimeout(this.#timer);
    this.#frames.stop();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#leaving;
    try {
      const feed = this.#client.runs({
        signal,
        onNotice: (notice) => {
          if (notice.type !== 'invalid') this.#askSoon();
        },
      });
      for await (const summary of feed) this.#take(summary);
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
  }

  #take(summary: RunSummary): void {
    const before = this.#summaries.get(summary.traceId);
    if (before !== undefined && before.revision >= summary.revision) return;
    this.#summaries.set(summary.traceId, summary);
    // Known by its trace id to the list: renewed in place. Any news may move it in or out, too.
    this.#frames.ask();
    this.#askSoon();
  }

  #askSoon(): void {
    if (this.#asking) this.#askAgain = true;
    else this.#timer ??= setTimeout(() => void this.#ask(), ASK_AGAIN_MS);
  }

  async #ask(): Promise<void> {
    this.#timer = undefined;
    this.#asking = true;
    const { signal } = this.#leaving;
    try {
      const rows: RunRow[] = [];
      let next: string | undefined;
      do {
        const limit = Math.min(this.#wanted - rows.length, 200);
        const page = await this.#client.query.runs({
          ...this.#query,
          limit,
          signal,
          ...(next === undefined ? {} : { next }),
        });
        rows.push(...page.rows);
        ({ next } = page);
      } while (next !== undefined && rows.length < this.#wanted);
      this.#rows = rows;
      this.#hasMore = next !== undefined;
      this.#error = undefined;
      this.#forgetSummaries();
    } catch (error) {
      if (signal.aborted) return;
      this.#error = error instanceof Error ? error : new Error(String(error));
    } finally {
      this.#asking = false;
    }
    this.#loading = false;
    this.#tell();
    if (!this.#askAgain) return;
    this.#askAgain = false;
    this.#askSoon();
  }

  /** Of runs that are not listed none is needed; the feed would grow it for ever. */
  #forgetSummaries(): void {
    const listed = new Set(this.#rows.map(({ traceId }) => traceId));
    for (const traceId of this.#summaries.keys())
      if (!listed.has(traceId)) this.#summaries.delete(traceId);
  }

  #fail(error: unknown): void {
    this.#error = error instanceof Error ? error : new Error(String(error));
    this.#tell();
  }

  #tell(): void {
    if (this.#leaving.signal.aborted) return;
    this.#show({
      runs: this.#rows.map((row) => renew(row, this.#summaries.get(row.traceId))),
      loading: this.#loading,
      error: this.#error,
      hasMore: this.#hasMore,
      loadMore: () => {
        this.#wanted = this.#rows.length + (this.#query.limit ?? PAGE_ROWS);
        if (this.#asking) this.#askAgain = true;
        else void this.#ask();
      },
    });
  }
}

/** The record may be behind the feed, and the feed behind the record. */
function renew(row: RunRow, summary: RunSummary | undefined): RunRow {
  if (summary === undefined || summary.lastActivityUs <= row.lastActivityUs) return row;
  const { currentStep: _step, endUs: _end, durationUs: _duration, ...rest } = row;
  const { revision: _revision, ...news } = summary;
  return {
    ...rest,
    ...news,
    ...(summary.endUs === undefined ? {} : { durationUs: summary.endUs - summary.startUs }),
  };
}
