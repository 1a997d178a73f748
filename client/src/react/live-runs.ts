import {
  ERRORS,
  SpantailError,
  backoffMs,
  type RunRow,
  type RunSummary,
  type TraceId,
} from '@spantail/protocol';
import type { Client, RunItem } from '../client.ts';
import type { ListOptions } from '../query/query-client.ts';
import { Frames } from './frames.ts';
import { renewRow } from './renew-row.ts';

/** Runs that match a filter. A new object whenever something changed. */
export interface RunsView {
  /**
   * In the order asked for; each with the newest that is known of it. A row is the same object until
   * something of it changes. While the answer to a new question is awaited, those of the last one.
   */
  runs: readonly RunRow[];
  /** The first answer to this question has not come yet. */
  loading: boolean;
  /** The last question failed; the list is the one before it. */
  error: SpantailError | Error | undefined;
  /** There are more than `runs`: {@link RunsView.loadMore}. */
  hasMore: boolean;
  loadMore: () => void;
}

export const NO_RUNS: RunsView = {
  runs: [],
  loading: true,
  error: undefined,
  hasMore: false,
  loadMore: () => {},
};
export const UNASKED: RunsView = { ...NO_RUNS, loading: false };

/** However much news there is, the record is asked no more often than this for each page listed. */
const ASK_AGAIN_MS = 1_000;
const RETRY_BASE_MS = 1_000;
const PAGE_ROWS = 50;
/** As many rows as one request may ask for. */
const REQUEST_ROWS = 200;

interface Shown {
  row: RunRow;
  summary: RunSummary | undefined;
  /** `row` renewed by `summary`. */
  result: RunRow;
}

/** The question of one `useRuns`, and its answer as it changes. */
export class LiveRuns {
  readonly #client: Client;
  readonly #query: ListOptions;
  readonly #show: (view: RunsView) => void;
  readonly #leaving = new AbortController();
  readonly #summaries = new Map<TraceId, RunSummary>();
  readonly #frames = new Frames(() => this.#tell());
  #offStatus: (() => void) | undefined;
  /** What is listed when nothing was answered yet. */
  #before: readonly RunRow[];
  #shown = new Map<TraceId, Shown>();
  #rows: RunRow[] = [];
  #next: string | undefined;
  #loading = true;
  #error: SpantailError | Error | undefined;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking = false;
  /** News came while an answer was awaited, which may not know of it. */
  #newsWaits = false;
  #moreWanted = false;

  constructor(
    client: Client,
    query: ListOptions,
    before: readonly RunRow[],
    show: (view: RunsView) => void,
  ) {
    this.#client = client;
    this.#query = query;
    this.#before = before;
    this.#show = show;
  }

  start(live: boolean): void {
    this.#tell();
    void this.#ask();
    if (!live) return;
    void this.#follow();
    this.#offStatus = this.#client.on('status', ({ kind }) => {
      if (kind === 'open' && this.#error !== undefined && this.#mayAsk) this.#askIn(0);
    });
  }

  stop(): void {
    this.#leaving.abort();
    this.#offStatus?.();
    clearTimeout(this.#timer);
    this.#frames.stop();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#leaving;
    try {
      const feed = this.#client.runs({
        signal,
        onNotice: (notice) => {
          if (notice.type !== 'invalid') this.#onNews();
        },
      });
      for await (const item of feed) this.#take(item);
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
  }

  #take({ cursor: _cursor, ...summary }: RunItem): void {
    const before = this.#summaries.get(summary.traceId);
    if (before !== undefined && before.revision >= summary.revision) return;
    this.#summaries.set(summary.traceId, summary);
    // A run that is listed is renewed in place. Any news may move one in or out, too.
    if (this.#shown.has(summary.traceId)) this.#frames.ask();
    this.#onNews();
  }

  #onNews(): void {
    if (this.#asking) this.#newsWaits = true;
    else if (this.#mayAsk && this.#timer === undefined) this.#askIn(this.#pauseMs);
  }

  /** A list of many pages costs as many requests. */
  get #pauseMs(): number {
    return ASK_AGAIN_MS * Math.max(1, Math.ceil(this.#rows.length / REQUEST_ROWS));
  }

  /** A question that cannot be understood will not be understood later. */
  get #mayAsk(): boolean {
    return !(this.#error instanceof SpantailError) || ERRORS[this.#error.code].retry;
  }

  #askIn(ms: number): void {
    if (this.#leaving.signal.aborted || this.#asking) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), ms);
  }

  /** Once more what is listed; or the next page of it. */
  async #ask(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#asking = true;
    try {
      if (this.#moreWanted && this.#next !== undefined) await this.#readMore(this.#next);
      else await this.#readAgain();
      this.#error = undefined;
      this.#failures = 0;
      this.#forgetSummaries();
    } catch (error) {
      this.#error = error instanceof Error ? error : new Error(String(error));
      this.#failures++;
    }
    this.#asking = false;
    if (this.#leaving.signal.aborted) return;
    this.#loading = false;
    this.#tell();
    this.#goOn();
  }

  #goOn(): void {
    const newsWaits = this.#newsWaits;
    this.#newsWaits = false;
    if (this.#error === undefined) {
      if (this.#moreWanted && this.#next !== undefined) this.#askIn(0);
      else if (newsWaits) this.#askIn(this.#pauseMs);
    } else if (this.#mayAsk) {
      const jitter = backoffMs(this.#failures, Math.random(), { baseMs: RETRY_BASE_MS });
      this.#askIn(RETRY_BASE_MS + jitter);
    }
  }

  async #readAgain(): Promise<void> {
    const wanted = Math.max(this.#rows.length, this.#pageRows);
    let rows: RunRow[] = [];
    let next: string | undefined;
    do {
      const page = await this.#page(Math.min(wanted - rows.length, REQUEST_ROWS), next);
      rows = joined(rows, page.rows);
      ({ next } = page);
    } while (next !== undefined && rows.length < wanted);
    this.#rows = rows;
    this.#next = next;
  }

  async #readMore(next: string): Promise<void> {
    this.#moreWanted = false;
    const page = await this.#page(this.#pageRows, next);
    this.#rows = joined(this.#rows, page.rows);
    this.#next = page.next;
  }

  #page(limit: number, next: string | undefined) {
    return this.#client.query.runs({
      ...this.#query,
      limit,
      signal: this.#leaving.signal,
      ...(next === undefined ? {} : { next }),
    });
  }

  get #pageRows(): number {
    return this.#query.limit ?? PAGE_ROWS;
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

  readonly #loadMore = (): void => {
    // While it fails, a list that is scrolled to its end would ask without a pause.
    if (this.#next === undefined || this.#error !== undefined) return;
    this.#moreWanted = true;
    if (this.#timer !== undefined) this.#newsWaits = true;
    this.#askIn(0);
  };

  #tell(): void {
    if (this.#leaving.signal.aborted) return;
    const answered = !this.#loading && (this.#error === undefined || this.#shown.size > 0);
    if (answered) this.#before = this.#rows.map((row) => this.#renewed(row));
    if (answered) this.#dropUnlisted();
    this.#show({
      runs: this.#before,
      loading: this.#loading,
      error: this.#error,
      hasMore: this.#next !== undefined,
      loadMore: this.#loadMore,
    });
  }

  #renewed(row: RunRow): RunRow {
    const { traceId } = row;
    const summary = this.#summaries.get(traceId);
    const before = this.#shown.get(traceId);
    if (before?.row === row && before.summary === summary) return before.result;
    const renewed = renewRow(row, summary);
    const result = before !== undefined && isSame(before.result, renewed) ? before.result : renewed;
    this.#shown.set(traceId, { row, summary, result });
    return result;
  }

  #dropUnlisted(): void {
    if (this.#shown.size === this.#rows.length) return;
    const listed = new Set(this.#rows.map(({ traceId }) => traceId));
    for (const traceId of this.#shown.keys()) if (!listed.has(traceId)) this.#shown.delete(traceId);
  }
}

/** Between two questions a run may have moved from the one page to the next. */
function joined(rows: readonly RunRow[], page: readonly RunRow[]): RunRow[] {
  const listed = new Set(rows.map(({ traceId }) => traceId));
  return [...rows, ...page.filter(({ traceId }) => !listed.has(traceId))];
}

/** Rows are small and plain; where one came from decides only the order of its fields. */
function isSame(a: RunRow, b: RunRow): boolean {
  const keys = Object.keys(a) as (keyof RunRow)[];
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => a[key] === b[key] || JSON.stringify(a[key]) === JSON.stringify(b[key]))
  );
}
