import type {
  Blob,
  BlobRef,
  Filter,
  PageKey,
  QuerySubject,
  RunRow,
  SortField,
  SpanRow,
  StatsGroup,
  StatsRow,
  TraceId,
} from '@spantail/protocol';
import type { LogEntry, ReadOptions, StreamName, StreamTail } from '../log/event-log.ts';

/** How far a run has been archived. */
export interface ArchivePosition {
  /** Epoch of the hot stream the newest entry came from. */
  epoch: string;
  /** Entry ID of the newest archived entry. */
  position: string;
}

/** A span with the text it is found by. */
export interface ArchivedSpan {
  row: SpanRow;
  /** Name, error, output, and what of its input the run had not had before. */
  searchText: string;
}

/** What one visit to a run adds: all of it, or nothing, in one transaction. */
export interface RunCommit extends StreamName {
  /** Where the archive stood when the entries were read; `undefined`: it had nothing of this run. */
  expected: ArchivePosition | undefined;
  position: ArchivePosition;
  /** New entries, in order. */
  entries: LogEntry[];
  /** Those that came with the entries. */
  blobs: Blob[];
  run: RunRow;
  /** Spans that changed, whole. */
  spans: ArchivedSpan[];
  /** The newest entry marks the run's end: nothing more is expected. */
  ended: boolean;
}

/** `conflict`: the archive stands elsewhere than expected (another indexer was faster). */
export type CommitOutcome = 'committed' | 'conflict';

export interface PageQuery<Subject extends QuerySubject = QuerySubject> {
  project: string;
  filter?: Filter;
  sort: SortField<Subject>;
  descending: boolean;
  /** 1 to 1,000. */
  limit: number;
  after?: PageKey;
}

export interface Page<Row> {
  rows: Row[];
  /** Absent: there are no more. */
  next?: PageKey;
}

export { STATS_GROUPS, type StatsGroup, type StatsRow } from '@spantail/protocol';

export interface StatsQuery {
  project: string;
  filter?: Filter;
  by?: StatsGroup;
  /** Width of a time slot; absent: all in one. */
  everyUs?: number;
  /** Groups at most: those with the most spans over all slots, of equals the first by name. */
  limit: number;
}

/** What retention works with: finished runs, the oldest first. */
export interface RunSize {
  traceId: TraceId;
  endUs: number;
  /** Bytes of its events, rows and own blobs, roughly. */
  bytes: number;
}

/**
 * The durable record. One writer at a time for each run (see `RunCommit.expected`); any number of
 * readers. Two implementations, one contract suite (`test/contract/archive`).
 *
 * Every method rejects with a `SpantailError` of code `ARCHIVE_UNAVAILABLE` while the store cannot
 * be used.
 */
export interface Archive {
  /** One transaction for all of them; each may still be a conflict by itself. */
  commit(commits: RunCommit[]): Promise<CommitOutcome[]>;
  position(stream: StreamName): Promise<ArchivePosition | undefined>;

  /** The archived log of a run: the same entries that the hot log had. */
  tail(stream: StreamName): Promise<StreamTail | undefined>;
  read(stream: StreamName, options: ReadOptions): Promise<LogEntry[]>;
  entry(stream: StreamName, position: string): Promise<LogEntry | undefined>;
  /** The newest entry whose ID's time is at or before this; `undefined`: none is. */
  positionAt(stream: StreamName, timeMs: number): Promise<string | undefined>;
  /** In the order of `refs`; a blob is found in whichever trace of the project it came. */
  getBlobs(project: string, refs: BlobRef[]): Promise<(Uint8Array | undefined)[]>;

  run(stream: StreamName): Promise<RunRow | undefined>;
  runs(query: PageQuery<'run'>): Promise<Page<RunRow>>;
  /** Spans across runs. */
  spans(query: PageQuery<'span'>): Promise<Page<SpanRow>>;
  /** All spans of one run, by start; at most `limit` behind `after`. */
  runSpans(stream: StreamName, limit: number, after?: PageKey): Promise<Page<SpanRow>>;
  /** The span, its parent, and so on to the root. Empty: no such span. */
  path(stream: StreamName, spanId: string): Promise<SpanRow[]>;
  stats(query: StatsQuery): Promise<StatsRow[]>;

  /** Finished runs that ended before a time (or all), oldest first. */
  oldest(project: string, limit: number, beforeUs?: number): Promise<RunSize[]>;
  /** Removes whole runs, with the blobs nobody else needs. Never one that is not over. */
  remove(project: string, traceIds: TraceId[]): Promise<number>;
  /** Bytes the project takes, roughly. */
  size(project: string): Promise<number>;
  projects(): Promise<string[]>;

  /** Writes and reads back: part of `/ready`. */
  probe(timeoutMs: number): Promise<number>;
  close(): Promise<void>;
}
