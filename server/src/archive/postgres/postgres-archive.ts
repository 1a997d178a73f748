import { randomBytes } from 'node:crypto';
import {
  isSpanId,
  isTraceId,
  SpantailError,
  type BlobRef,
  type PageKey,
  type RunRow,
  type SpanRow,
  type TraceId,
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
import { decodeRunRow, decodeSpanRow } from '../row/row-codec.ts';
import { readBlobs } from './blobs.ts';
import { commitAll } from './commit.ts';
import { Connection, type ConnectionOptions } from './connection.ts';
import { codeOf } from './failure.ts';
import { migrate } from './migrate.ts';
import { readPage } from './page.ts';
import { MissingPartition, Partitions } from './partitions.ts';
import { readPath } from './path.ts';
import { Projects } from './projects.ts';
import { oldestRuns, removeRuns, sizeOf } from './retention.ts';
import { SegmentReader } from './segments.ts';
import type { RunPlace } from './span-columns.ts';
import { readStats } from './stats.ts';
import { shownText } from './stored-text.ts';

export type PostgresArchiveOptions = ConnectionOptions;

/**
 * Connects and brings the schema up to date.
 *
 * @throws SpantailError ARCHIVE_UNAVAILABLE naming the host and what to do
 */
export async function openPostgresArchive(options: PostgresArchiveOptions): Promise<Archive> {
  const connection = new Connection(options);
  try {
    await migrate(connection);
    return new PostgresArchive(connection);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

interface RunHead extends ArchivePosition {
  week: number;
  body: Buffer;
}

/** The archive in a PostgreSQL that any number of indexers and gateways share. */
export class PostgresArchive implements Archive {
  readonly #connection: Connection;
  readonly #projects: Projects;
  readonly #partitions: Partitions;
  readonly #segments: SegmentReader;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#projects = new Projects(connection);
    this.#partitions = new Partitions(connection);
    this.#segments = new SegmentReader(connection);
  }

  async commit(commits: RunCommit[]): Promise<CommitOutcome[]> {
    if (commits.length === 0) return [];
    const projects = await this.#projects.ensure(commits.map(({ project }) => project));
    for (let tries = 0; ; tries++)
      try {
        return await this.#connection.transaction((client, again) =>
          commitAll(client, commits, projects, this.#partitions, again),
        );
      } catch (error) {
        const cause = error instanceof SpantailError ? error.cause : error;
        // Weeks of one commit are few; more tries than that are a fault.
        if (tries > commits.length) throw error;
        if (cause instanceof MissingPartition) await this.#partitions.make(cause.week);
        else if (codeOf(cause) === NO_PARTITION) this.#partitions.forget();
        else throw error;
      }
  }

  async position(stream: StreamName): Promise<ArchivePosition | undefined> {
    const run = await this.#head(stream);
    return run === undefined ? undefined : { epoch: run.epoch, position: run.position };
  }

  async tail(stream: StreamName): Promise<StreamTail | undefined> {
    const run = await this.#head(stream);
    return run === undefined ? undefined : { epoch: run.epoch, first: '0-0', last: run.position };
  }

  async read(stream: StreamName, options: ReadOptions): Promise<LogEntry[]> {
    const place = await this.#place(stream);
    return place === undefined ? [] : this.#segments.read(place, options);
  }

  async entry(stream: StreamName, position: string): Promise<LogEntry | undefined> {
    const place = await this.#place(stream);
    return place === undefined ? undefined : this.#segments.entry(place, position);
  }

  async positionAt(stream: StreamName, timeMs: number): Promise<string | undefined> {
    const place = await this.#place(stream);
    return place === undefined ? undefined : this.#segments.positionAt(place, timeMs);
  }

  async getBlobs(project: string, refs: BlobRef[]): Promise<(Uint8Array | undefined)[]> {
    const id = await this.#projects.find(project);
    return id === undefined ? refs.map(() => undefined) : readBlobs(this.#connection, id, refs);
  }

  async run(stream: StreamName): Promise<RunRow | undefined> {
    const run = await this.#head(stream);
    return run === undefined ? undefined : decodeRunRow(run.body);
  }

  async runs({ project: name, ...query }: PageQuery<'run'>): Promise<Page<RunRow>> {
    const project = await this.#projects.find(name);
    if (project === undefined) return { rows: [] };
    return readPage(this.#connection, { ...query, of: 'run', project }, decodeRunRow);
  }

  async spans({ project: name, ...query }: PageQuery<'span'>): Promise<Page<SpanRow>> {
    const project = await this.#projects.find(name);
    if (project === undefined) return { rows: [] };
    return readPage(this.#connection, { ...query, of: 'span', project }, decodeSpanRow);
  }

  async runSpans(stream: StreamName, limit: number, after?: PageKey): Promise<Page<SpanRow>> {
    const within = await this.#runPlace(stream);
    if (within === undefined) return { rows: [] };
    const { project } = within;
    const order = { sort: 'start', descending: false, limit, ...(after && { after }) } as const;
    return readPage(this.#connection, { ...order, of: 'span', project, within }, decodeSpanRow);
  }

  async path(stream: StreamName, spanId: string): Promise<SpanRow[]> {
    const place = isSpanId(spanId) ? await this.#runPlace(stream) : undefined;
    return place === undefined ? [] : readPath(this.#connection, place, spanId);
  }

  async stats(query: StatsQuery): Promise<StatsRow[]> {
    const project = await this.#projects.find(query.project);
    return project === undefined ? [] : readStats(this.#connection, project, query);
  }

  async oldest(project: string, limit: number, beforeUs?: number): Promise<RunSize[]> {
    const id = await this.#projects.find(project);
    return id === undefined ? [] : oldestRuns(this.#connection, id, limit, beforeUs);
  }

  async remove(project: string, traceIds: TraceId[]): Promise<number> {
    const id = await this.#projects.find(project);
    return id === undefined ? 0 : removeRuns(this.#connection, this.#partitions, id, traceIds);
  }

  async size(project: string): Promise<number> {
    const id = await this.#projects.find(project);
    return id === undefined ? 0 : sizeOf(this.#connection, id);
  }

  async projects(): Promise<string[]> {
    const rows = await this.#connection.query<{ name: string }>(
      `SELECT name FROM spantail.projects p
       WHERE EXISTS (SELECT 1 FROM spantail.runs r WHERE r.project = p.id)
       ORDER BY name COLLATE "C"`,
    );
    return rows.map(({ name }) => shownText(name));
  }

  async probe(timeoutMs: number): Promise<number> {
    const startMs = performance.now();
    const value = randomBytes(8).toString('hex');
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const what = `${this.#connection.where} did not answer within ${timeoutMs} ms`;
      const giveUp = () => reject(new SpantailError('ARCHIVE_UNAVAILABLE', what));
      timer = setTimeout(giveUp, timeoutMs);
    });
    try {
      await Promise.race([this.#writeAndReadBack(value), late]);
      return performance.now() - startMs;
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  async #writeAndReadBack(value: string): Promise<void> {
    const id = process.pid;
    await this.#connection.withClient(async (client) => {
      await client.query(
        `INSERT INTO spantail.probes (id, value) VALUES ($1, $2)
         ON CONFLICT (id) DO UPDATE SET value = excluded.value`,
        [id, value],
      );
    });
    const [row] = await this.#connection.query<{ value: string }>(
      'SELECT value FROM spantail.probes WHERE id = $1',
      [id],
    );
    if (row?.value === undefined)
      throw new SpantailError('ARCHIVE_UNAVAILABLE', 'what was written is not there');
  }

  async #place({ project, streamId }: StreamName) {
    if (!isTraceId(streamId)) return undefined;
    const id = await this.#projects.find(project);
    return id === undefined ? undefined : { project: id, traceId: streamId };
  }

  async #runPlace(stream: StreamName): Promise<RunPlace | undefined> {
    const [place, run] = [await this.#place(stream), await this.#head(stream)];
    return place === undefined || run === undefined ? undefined : { ...place, week: run.week };
  }

  async #head(stream: StreamName): Promise<RunHead | undefined> {
    const place = await this.#place(stream);
    if (place === undefined) return undefined;
    const [run] = await this.#connection.query<RunHead>(
      `SELECT week, epoch, position, body FROM spantail.runs WHERE project = $1 AND trace_id = $2`,
      [place.project, place.traceId],
      'run-head',
    );
    return run;
  }
}

/** A row for a partition that is not there. */
const NO_PARTITION = '23514';
