import type { CommitOutcome, PageQuery, RunSize, StatsQuery, StatsRow } from '../archive.ts';
import type { ReadOptions, StreamName } from '../../log/event-log.ts';
import type { ErrorCode, PageKey, BlobRef } from '@spantail/protocol';
import type { Column } from './span-columns.ts';
import type { StoredCommit } from './stored-commit.ts';

/** What a thread does with the archive's file. */
export type WorkerRole = 'writer' | 'reader';

/** Where an archive stands, and the name its file gave the run's log last. */
export interface StoredPosition {
  epoch: string;
  position: string;
}

/** What the writing thread is asked, with its answer. */
export interface WriterMethods {
  commit(commits: StoredCommit[]): CommitOutcome[];
  /** Runs put out of sight. */
  hide(project: string, traceIds: string[]): number;
  /** Some of what is out of sight is deleted; whether there is more. */
  sweep(): boolean;
  probe(): number;
}

/** What a reading thread is asked, with its answer. Rows come as columns. */
export interface ReaderMethods {
  position(stream: StreamName): StoredPosition | undefined;
  read(stream: StreamName, options: ReadOptions): Uint8Array[];
  entry(stream: StreamName, position: string): Uint8Array | undefined;
  positionAt(stream: StreamName, timeMs: number): string | undefined;
  blobs(project: string, refs: BlobRef[]): (Uint8Array | undefined)[];
  run(stream: StreamName): string | undefined;
  runs(query: PageQuery<'run'>): Column[][];
  spans(query: PageQuery<'span'>): Column[][];
  runSpans(stream: StreamName, limit: number, after: PageKey | undefined): Column[][];
  path(stream: StreamName, spanId: string): Column[][];
  stats(query: StatsQuery): StatsRow[];
  oldest(project: string, limit: number, beforeUs: number | undefined): RunSize[];
  size(project: string): number;
  projects(): string[];
}

export type WorkerMethods = WriterMethods & ReaderMethods;
export type MethodName = keyof WorkerMethods;

/** How a thread is started. */
export interface WorkerStart {
  role: WorkerRole;
  file: string;
}

/** To the thread; `args` is MessagePack of the arguments. */
export interface WorkerRequest {
  id: number;
  method: MethodName;
  args: Uint8Array<ArrayBuffer>;
  /** Rows are looked at no longer than this. */
  timeoutMs: number | undefined;
}

/** From the thread; `id` 0 says that it is ready, or why it is not. */
export type WorkerReply =
  | { id: number; result: Uint8Array<ArrayBuffer> }
  | { id: number; failure: { code: ErrorCode; message: string } };

/** To the thread: close the file and end. */
export const CLOSE = 'close';
