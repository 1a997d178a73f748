import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { toHex, type BlobRef, type PageKey } from '@spantail/protocol';
import type { ReadOptions, StreamName } from '../../log/event-log.ts';
import { formatPosition } from '../../log/position.ts';
import type { PageQuery, StatsQuery } from '../archive.ts';
import { BlobTable } from './blob-table.ts';
import { findPage } from './find-page.ts';
import { findStats } from './find-stats.ts';
import type { ReaderMethods, StoredPosition } from './messages.ts';
import { PAGE_KINDS } from './page-query.ts';
import { ProjectTable } from './project-table.ts';
import { SegmentTable } from './segment-table.ts';
import { SpanReader } from './span-reader.ts';
import { bytesOf, openBodies, type Column } from './span-columns.ts';

interface RunState {
  id: number;
  epoch: string;
  last_ms: number;
  last_seq: number;
  body: string;
}

/** Everything that is asked of an archive without changing it. */
export class ArchiveReader implements ReaderMethods {
  readonly #db: DatabaseSync;
  readonly #projects: ProjectTable;
  readonly #segments: SegmentTable;
  readonly #blobs: BlobTable;
  readonly #spans: SpanReader;
  readonly #find: StatementSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#projects = new ProjectTable(db);
    this.#segments = new SegmentTable(db);
    this.#blobs = new BlobTable(db);
    this.#spans = new SpanReader(db);
    this.#find = db.prepare(
      'SELECT id, epoch, last_ms, last_seq, body FROM runs WHERE project = ? AND trace = ?',
    );
  }

  position(stream: StreamName): StoredPosition | undefined {
    const run = this.#run(stream);
    if (run === undefined) return undefined;
    const position = formatPosition({ ms: run.last_ms, seq: run.last_seq });
    return { epoch: run.epoch, position };
  }

  read(stream: StreamName, options: ReadOptions): Uint8Array[] {
    const run = this.#run(stream);
    return run === undefined ? [] : this.#segments.read(run.id, options);
  }

  entry(stream: StreamName, position: string): Uint8Array | undefined {
    const run = this.#run(stream);
    return run === undefined ? undefined : this.#segments.at(run.id, position);
  }

  positionAt(stream: StreamName, timeMs: number): string | undefined {
    const run = this.#run(stream);
    return run === undefined ? undefined : this.#segments.newestAt(run.id, timeMs);
  }

  blobs(project: string, refs: BlobRef[]): (Uint8Array | undefined)[] {
    const id = this.#projects.find(project);
    return refs.map((ref) => (id === undefined ? undefined : this.#blobs.get(id, ref)));
  }

  run(stream: StreamName): string | undefined {
    return this.#run(stream)?.body;
  }

  runs(query: PageQuery<'run'>): Column[][] {
    const project = this.#projects.find(query.project);
    return project === undefined ? [] : findPage(this.#db, PAGE_KINDS.run, project, query);
  }

  spans(query: PageQuery<'span'>): Column[][] {
    const project = this.#projects.find(query.project);
    return project === undefined
      ? []
      : openBodies(findPage(this.#db, PAGE_KINDS.span, project, query));
  }

  runSpans(stream: StreamName, limit: number, after: PageKey | undefined): Column[][] {
    const run = this.#run(stream);
    return run === undefined ? [] : openBodies(this.#spans.ofRun(run.id, limit, after));
  }

  path(stream: StreamName, spanId: string): Column[][] {
    const run = this.#run(stream);
    const project = this.#projects.find(stream.project);
    if (run === undefined || project === undefined) return [];
    const trace = bytesOf(stream.streamId);
    return openBodies(this.#spans.path(project, run.id, trace, bytesOf(spanId)));
  }

  stats(query: StatsQuery) {
    const project = this.#projects.find(query.project);
    return project === undefined ? [] : findStats(this.#db, project, query);
  }

  oldest(project: string, limit: number, beforeUs: number | undefined) {
    const rows = this.#db
      .prepare(
        `SELECT trace, ended_us, bytes + blob_bytes AS bytes FROM runs
         WHERE project = ? AND ended_us < ? ORDER BY ended_us LIMIT ?`,
      )
      .all(this.#projects.find(project) ?? null, beforeUs ?? Number.MAX_SAFE_INTEGER, limit);
    return (rows as { trace: Uint8Array; ended_us: number; bytes: number }[]).map((row) => ({
      traceId: toHex(row.trace),
      endUs: row.ended_us,
      bytes: row.bytes,
    }));
  }

  /** Blobs are counted by the project, because runs share them. */
  size(project: string): number {
    const id = this.#projects.find(project) ?? null;
    const { bytes } = this.#db
      .prepare(
        `SELECT coalesce((SELECT sum(bytes) FROM runs WHERE project = ?), 0)
           + coalesce((SELECT blob_bytes FROM projects WHERE id = ?), 0) AS bytes`,
      )
      .get(id, id) as { bytes: number };
    return bytes;
  }

  projects(): string[] {
    const rows = this.#db
      .prepare(
        'SELECT name FROM projects p WHERE EXISTS (SELECT 1 FROM runs WHERE project = p.id) ORDER BY name',
      )
      .all() as { name: string }[];
    return rows.map(({ name }) => name);
  }

  #run({ project, streamId }: StreamName): RunState | undefined {
    const id = this.#projects.find(project);
    if (id === undefined) return undefined;
    return this.#find.get(id, bytesOf(streamId)) as RunState | undefined;
  }
}
