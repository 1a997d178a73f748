import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { SpantailError, comparePositions } from '@spantail/protocol';
import { formatPosition, parsePosition } from '../../log/position.ts';
import type { ArchivePosition, CommitOutcome } from '../archive.ts';
import { BlobWriter } from './blob-table.ts';
import { ProjectTable } from './project-table.ts';
import { RUN_COLUMNS } from './run-columns.ts';
import { indexRecords } from './segment.ts';
import { SegmentTable } from './segment-table.ts';
import { bytesOf } from './span-columns.ts';
import { SpanWriter } from './span-writer.ts';
import type { StoredCommit } from './stored-commit.ts';
import type { TextWriter } from './text-writer.ts';
import { transaction } from './transaction.ts';

interface RunState {
  id: number;
  epoch: string;
  last_ms: number;
  last_seq: number;
  next_span: number;
  bytes: number;
  blob_bytes: number;
}

/** Commits what visits to runs add, all tables in one transaction. */
export class CommitWriter {
  readonly #db: DatabaseSync;
  readonly #projects: ProjectTable;
  readonly #segments: SegmentTable;
  readonly #blobs: BlobWriter;
  readonly #text: TextWriter;
  readonly #spans: SpanWriter;
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #lists: { table: 'models' | 'tags'; clear: StatementSync; add: StatementSync }[];

  constructor(db: DatabaseSync, text: TextWriter) {
    this.#db = db;
    this.#projects = new ProjectTable(db);
    this.#segments = new SegmentTable(db);
    this.#blobs = new BlobWriter(db);
    this.#text = text;
    this.#spans = new SpanWriter(db, text);
    this.#find = db.prepare(
      'SELECT id, epoch, last_ms, last_seq, next_span, bytes, blob_bytes FROM runs WHERE project = ? AND trace = ?',
    );
    const names = RUN_COLUMNS.join(', ');
    const marks = RUN_COLUMNS.map(() => '?').join(', ');
    this.#insert = db.prepare(
      `INSERT INTO runs (project, trace, epoch, last_ms, last_seq, ended_us, ${names})
       VALUES (?, ?, ?, ?, ?, ?, ${marks}) RETURNING id`,
    );
    const settings = RUN_COLUMNS.map((name) => `${name} = ?`).join(', ');
    this.#update = db.prepare(
      `UPDATE runs SET epoch = ?, last_ms = ?, last_seq = ?, ended_us = ?, next_span = ?, bytes = ?, blob_bytes = ?,
       ${settings} WHERE id = ?`,
    );
    this.#lists = (['models', 'tags'] as const).map((table) => ({
      table,
      clear: db.prepare(`DELETE FROM run_${table} WHERE run = ?`),
      add: db.prepare(`INSERT OR IGNORE INTO run_${table} (run, value) VALUES (?, ?)`),
    }));
  }

  commit(commits: readonly StoredCommit[]): CommitOutcome[] {
    try {
      return transaction(this.#db, () => {
        const outcomes = commits.map((commit) => this.#commit(commit));
        this.#text.flush();
        return outcomes;
      });
    } finally {
      this.#text.reset();
    }
  }

  #commit(commit: StoredCommit): CommitOutcome {
    const { position, records, endedUs } = commit;
    const project = this.#projects.findOrCreate(commit.project);
    const trace = bytesOf(commit.traceId);
    const found = this.#find.get(project, trace) as RunState | undefined;
    if (!isWhere(found, commit.expected)) return 'conflict';
    if (found !== undefined) refuseOlder(found, records);

    const { ms, seq } = parsePosition(position.position);
    const run =
      found ??
      ({
        ...(this.#insert.get(project, trace, position.epoch, ms, seq, endedUs, ...commit.run) as {
          id: number;
        }),
        next_span: 0,
        bytes: 0,
        blob_bytes: 0,
      } satisfies Partial<RunState>);
    const owner = { project, run: run.id, spans: run.next_span };
    const { added, grown } = this.#spans.write(owner, commit.spans);
    const segmentBytes = this.#segments.append(run.id, records, endedUs !== null);
    const blobBytes = this.#blobs.put(project, run.id, commit.blobs);
    this.#update.run(
      position.epoch,
      ms,
      seq,
      endedUs,
      run.next_span + added,
      run.bytes + grown + segmentBytes,
      run.blob_bytes + blobBytes,
      ...commit.run,
      run.id,
    );
    for (const { table, clear, add } of this.#lists) {
      if (found !== undefined) clear.run(run.id);
      for (const value of commit[table]) add.run(run.id, value);
    }
    return 'committed';
  }
}

function isWhere(found: RunState | undefined, expected: ArchivePosition | null): boolean {
  if (found === undefined || expected === null) return found === undefined && expected === null;
  const last = formatPosition({ ms: found.last_ms, seq: found.last_seq });
  return expected.epoch === found.epoch && expected.position === last;
}

/** Entries out of order would be lost to every reader. */
function refuseOlder(found: RunState, records: Uint8Array): void {
  const first = indexRecords(records)[0];
  const last = formatPosition({ ms: found.last_ms, seq: found.last_seq });
  if (first !== undefined && comparePositions(formatPosition(first), last) <= 0)
    throw new SpantailError(
      'BATCH_INVALID',
      `the entry ${formatPosition(first)} is not behind the archived ${last}`,
    );
}
