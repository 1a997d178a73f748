import {
  START_POSITION,
  SpantailError,
  comparePositions,
  type Blob,
  type BlobRef,
} from '@spantail/protocol';
import type {
  AppendOptions,
  AppendRequest,
  AppendResult,
  EventLog,
  LapsedLease,
  Listener,
  LogEntry,
  ReadOptions,
  StreamName,
  StreamTail,
  TakeWorkOptions,
  WorkItem,
} from '../log/event-log.ts';
import { unavailable } from '../log/unavailable.ts';
import type { Archive } from './archive.ts';
import { readHistory } from './read-history.ts';

/**
 * One history: the hot log, and behind it the archive. Reads that begin before what the hot log
 * still has come from the archive and go on in the hot log; a stream that the hot log has let go is
 * served from the archive alone. Everything else is the hot log's. Closing it closes the hot log
 * and leaves the archive open.
 *
 * What is watched live needs the archive only for what the hot log has let go: while the archive is
 * away, everything else goes on.
 */
export class ArchivedLog implements EventLog {
  readonly #hot: EventLog;
  readonly #archive: Archive;

  constructor(hot: EventLog, archive: Archive) {
    this.#hot = hot;
    this.#archive = archive;
  }

  append(request: AppendRequest, options?: AppendOptions): Promise<AppendResult> {
    return this.#hot.append(request, options);
  }

  putBlobs(stream: StreamName, blobs: Blob[]): Promise<void> {
    return this.#hot.putBlobs(stream, blobs);
  }

  async getBlobs(stream: StreamName, refs: BlobRef[]): Promise<(Uint8Array | undefined)[]> {
    const found = await this.#hot.getBlobs(stream, refs);
    const absent = refs.filter((_, i) => found[i] === undefined);
    if (absent.length === 0 || isFeed(stream)) return found;
    const kept = await this.#ask((archive) => archive.getBlobs(stream.project, absent));
    let next = 0;
    return found.map((bytes) => bytes ?? kept[next++]);
  }

  /** The hot stream's epoch while there is one: should it be created anew, viewers are told. */
  async tail(stream: StreamName): Promise<StreamTail | undefined> {
    const hot = await this.#hot.tail(stream);
    if (isFeed(stream)) return hot;
    if (hot === undefined) return this.#ask((archive) => archive.tail(stream));
    if (hot.first === START_POSITION) return hot;
    let archived;
    try {
      archived = await this.#archive.position(stream);
    } catch {
      // Trimmed, so the archive has it: whoever reads that far back has to wait for the archive.
      return { ...hot, first: START_POSITION };
    }
    const covers = archived !== undefined && comparePositions(archived.position, hot.first) >= 0;
    return covers ? { ...hot, first: START_POSITION } : hot;
  }

  async read(stream: StreamName, options: ReadOptions): Promise<LogEntry[]> {
    if (isFeed(stream)) return this.#hot.read(stream, options);
    return this.#ask((archive) => readHistory(this.#hot, archive, stream, options));
  }

  async readProven(stream: StreamName, options: ReadOptions): Promise<LogEntry[] | undefined> {
    if (isFeed(stream)) return this.#hot.readProven(stream, options);
    const { after } = options;
    const isThere =
      after === START_POSITION
        ? (await this.tail(stream))?.first === START_POSITION
        : (await this.entry(stream, after)) !== undefined;
    return isThere ? this.read(stream, options) : undefined;
  }

  async entry(stream: StreamName, position: string): Promise<LogEntry | undefined> {
    const hot = await this.#hot.entry(stream, position);
    if (hot !== undefined || isFeed(stream)) return hot;
    return this.#ask((archive) => archive.entry(stream, position));
  }

  listen(stream: StreamName, ring: () => void): Promise<Listener> {
    return this.#hot.listen(stream, ring);
  }

  trim(stream: StreamName, before: string): Promise<void> {
    return this.#hot.trim(stream, before);
  }

  expire(stream: StreamName, ttlMs: number, expectLast?: string): Promise<boolean> {
    return this.#hot.expire(stream, ttlMs, expectLast);
  }

  renew(stream: StreamName, producer: string, leaseMs: number): Promise<boolean> {
    return this.#hot.renew(stream, producer, leaseMs);
  }

  lapsed(limit: number): Promise<LapsedLease[]> {
    return this.#hot.lapsed(limit);
  }

  takeWork(consumer: string, options: TakeWorkOptions): Promise<WorkItem[]> {
    return this.#hot.takeWork(consumer, options);
  }

  acknowledge(items: WorkItem[]): Promise<void> {
    return this.#hot.acknowledge(items);
  }

  probe(timeoutMs: number): Promise<number> {
    return this.#hot.probe(timeoutMs);
  }

  onReconnect(listener: () => void): () => void {
    return this.#hot.onReconnect(listener);
  }

  close(): Promise<void> {
    return this.#hot.close();
  }

  /** To readers, the archive is a part of the log. */
  async #ask<T>(question: (archive: Archive) => Promise<T>): Promise<T> {
    try {
      return await question(this.#archive);
    } catch (error) {
      if (error instanceof SpantailError && error.code === 'ARCHIVE_UNAVAILABLE')
        throw unavailable(error.message, error.cause);
      throw error;
    }
  }
}

/** The feed of runs, and what is the log's own: never archived. */
function isFeed({ streamId }: StreamName): boolean {
  return streamId.startsWith('@');
}
