import {
  START_POSITION,
  type BlobRef,
  type PageKey,
  type RunRow,
  type SpanRow,
} from '@spantail/protocol';
import type { LogEntry, ReadOptions, StreamName, StreamTail } from '../../log/event-log.ts';
import type {
  Archive,
  ArchivePosition,
  CommitOutcome,
  Page,
  PageQuery,
  RunCommit,
  RunSize,
  StatsQuery,
  StatsRow,
} from '../archive.ts';
import { archiveUnavailable } from '../unavailable.ts';
import { ArchiveThread } from './archive-thread.ts';
import { GroupCommit } from './group-commit.ts';
import { toRunPage, toSpanPage } from './page.ts';
import { fromRunBody } from './run-columns.ts';
import { decodeRecords } from './segment.ts';
import { fromSpanColumns } from './span-columns.ts';
import { toStoredCommit } from './stored-commit.ts';

export interface SqliteArchiveOptions {
  /** Path of the database file. Its directory exists. */
  file: string;
  /** A query that takes longer fails. Default 10 seconds. */
  queryTimeoutMs?: number;
}

/**
 * Opens the embedded archive: one SQLite file, used by this process alone.
 *
 * @throws SpantailError ARCHIVE_UNAVAILABLE when the file is in use, not an archive or not writable
 */
export async function openSqliteArchive(options: SqliteArchiveOptions): Promise<Archive> {
  const archive = new SqliteArchive(options);
  await archive.open();
  return archive;
}

/**
 * SQLite works in threads of its own, so that no commit and no query holds up this one. Three, with
 * a connection each (WAL: readers see the last commit, and wait for nobody): one writes; one looks
 * up runs, entries and blobs, which is always quick; one answers queries, which may not be.
 */
class SqliteArchive implements Archive {
  readonly #writer: ArchiveThread;
  readonly #commits: GroupCommit;
  readonly #lookups: ArchiveThread;
  readonly #queries: ArchiveThread;
  #sweeping: Promise<void> | undefined;
  #closed = false;

  constructor({ file, queryTimeoutMs = 10_000 }: SqliteArchiveOptions) {
    this.#writer = new ArchiveThread({ role: 'writer', file });
    this.#commits = new GroupCommit((commits) => this.#writer.ask('commit', commits));
    this.#lookups = new ArchiveThread({ role: 'reader', file, timeoutMs: queryTimeoutMs });
    this.#queries = new ArchiveThread({ role: 'reader', file, timeoutMs: queryTimeoutMs });
  }

  async open(): Promise<void> {
    await this.#writer.open();
    // What a process that died had not finished removing.
    this.#sweep().catch(() => {
      // A full disk, say: the rows are out of sight, and the next removal tries again.
    });
  }

  commit(commits: RunCommit[]): Promise<CommitOutcome[]> {
    return this.#commits.commit(commits.map(toStoredCommit));
  }

  position(stream: StreamName): Promise<ArchivePosition | undefined> {
    return this.#lookups.ask('position', stream);
  }

  async tail(stream: StreamName): Promise<StreamTail | undefined> {
    const found = await this.#lookups.ask('position', stream);
    if (found === undefined) return undefined;
    return { epoch: found.epoch, first: START_POSITION, last: found.position };
  }

  async read(stream: StreamName, options: ReadOptions): Promise<LogEntry[]> {
    return (await this.#lookups.ask('read', stream, options)).flatMap(decodeRecords);
  }

  async entry(stream: StreamName, position: string): Promise<LogEntry | undefined> {
    const record = await this.#lookups.ask('entry', stream, position);
    return record === undefined ? undefined : decodeRecords(record)[0];
  }

  positionAt(stream: StreamName, timeMs: number): Promise<string | undefined> {
    return this.#lookups.ask('positionAt', stream, timeMs);
  }

  getBlobs(project: string, refs: BlobRef[]): Promise<(Uint8Array | undefined)[]> {
    return this.#lookups.ask('blobs', project, refs);
  }

  async run(stream: StreamName): Promise<RunRow | undefined> {
    const body = await this.#lookups.ask('run', stream);
    return body === undefined ? undefined : fromRunBody(body);
  }

  async runs(query: PageQuery<'run'>): Promise<Page<RunRow>> {
    return toRunPage(await this.#queries.ask('runs', query), query);
  }

  async spans(query: PageQuery<'span'>): Promise<Page<SpanRow>> {
    return toSpanPage(await this.#queries.ask('spans', query), query);
  }

  async runSpans(stream: StreamName, limit: number, after?: PageKey): Promise<Page<SpanRow>> {
    const rows = await this.#lookups.ask('runSpans', stream, limit + 1, after);
    return toSpanPage(rows, { sort: 'start', limit });
  }

  async path(stream: StreamName, spanId: string): Promise<SpanRow[]> {
    return (await this.#lookups.ask('path', stream, spanId)).map(fromSpanColumns);
  }

  stats(query: StatsQuery): Promise<StatsRow[]> {
    return this.#queries.ask('stats', query);
  }

  oldest(project: string, limit: number, beforeUs?: number): Promise<RunSize[]> {
    return this.#lookups.ask('oldest', project, limit, beforeUs);
  }

  async remove(project: string, traceIds: string[]): Promise<number> {
    const count = await this.#writer.ask('hide', project, traceIds);
    // One that was under way may have seen the end before these came.
    await this.#sweeping?.catch(() => {});
    await this.#sweep();
    return count;
  }

  size(project: string): Promise<number> {
    return this.#lookups.ask('size', project);
  }

  projects(): Promise<string[]> {
    return this.#lookups.ask('projects');
  }

  async probe(timeoutMs: number): Promise<number> {
    const begin = performance.now();
    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () => reject(archiveUnavailable(`a write did not come back within ${timeoutMs} ms`)),
        timeoutMs,
      );
    });
    try {
      await Promise.race([this.#writer.ask('probe'), expired]);
      return performance.now() - begin;
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    // Readers first: the last connection to a file tidies it up, and only the writer may.
    await Promise.all([this.#lookups.close(), this.#queries.close()]);
    await this.#sweeping?.catch(() => {});
    await this.#writer.close();
  }

  /** Step by step, so that commits have their turn in between. */
  #sweep(): Promise<void> {
    const steps = async (): Promise<void> => {
      while (!this.#closed && (await this.#writer.ask('sweep')));
    };
    this.#sweeping ??= steps().finally(() => {
      this.#sweeping = undefined;
    });
    return this.#sweeping;
  }
}
