import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { START_POSITION, encodeEventArray, leaseHolder } from '@spantail/protocol';
import type {
  AppendOptions,
  AppendRequest,
  AppendResult,
  LapsedLease,
  WorkItem,
} from '../event-log.ts';
import { formatPosition, nextPosition, type Position } from '../position.ts';
import { isWork } from '../stream-key.ts';
import { BlobTable } from './blob-table.ts';
import { EntryTable } from './entry-table.ts';
import { LeaseTable } from './lease-table.ts';
import { ProducerTable } from './producer-table.ts';
import { StreamTable, type StreamRow } from './stream-table.ts';
import { WorkTable } from './work-table.ts';

/** Entries beyond `maxEntries` before a trim pays; the bound is "about". */
const TRIM_STEP = 64;

/** The tables of one log, and the append that spans them all. Everything is synchronous. */
export class SqliteStore {
  readonly streams: StreamTable;
  readonly entries: EntryTable;
  readonly producers: ProducerTable;
  readonly blobs: BlobTable;
  readonly work: WorkTable;
  readonly leases: LeaseTable;
  readonly #db: DatabaseSync;
  readonly #ttlMs: number;
  readonly #moveTail: StatementSync;
  readonly #moveHead: StatementSync;

  constructor(db: DatabaseSync, ttlMs: number) {
    this.#db = db;
    this.#ttlMs = ttlMs;
    this.streams = new StreamTable(db, ttlMs);
    this.entries = new EntryTable(db);
    this.producers = new ProducerTable(db);
    this.blobs = new BlobTable(db);
    this.work = new WorkTable(db);
    this.leases = new LeaseTable(db);
    this.#moveTail = db.prepare(
      'UPDATE streams SET last_ms = ?, last_seq = ?, entries = entries + 1, touched_ms = ? WHERE id = ?',
    );
    this.#moveHead = db.prepare(
      'UPDATE streams SET first_ms = ?, first_seq = ?, entries = ? WHERE id = ?',
    );
  }

  /** Runs `step` as one transaction: all of it or nothing. */
  transaction<T>(step: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const result = step();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk may have rolled back already.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  /** Within a transaction. */
  append(request: AppendRequest, options: AppendOptions, nowMs: number): AppendResult {
    const { producer, number, fin, events, blobs, refs } = request;
    const { end, expectLast, maxEntries, ifLapsed } = options;
    const found = this.streams.find(request, nowMs);
    const before = found === undefined ? undefined : this.producers.find(found.id, producer);
    const isDuplicate = before !== undefined && number <= before.number;
    const last = found === undefined ? START_POSITION : lastPosition(found);
    const isLate = !isDuplicate && expectLast !== undefined && expectLast !== last;
    const conflict = { outcome: 'conflict' as const, position: '', missing: [] };
    if (isLate) return conflict;
    if (ifLapsed !== undefined) {
      const ended = this.#endLapsed(found, ifLapsed, nowMs);
      // It had nothing open: there is nothing to write.
      if (!ended || events.length === 0) return conflict;
    }
    if (found !== undefined && before !== undefined && isDuplicate) {
      this.blobs.put(found.id, blobs);
      this.streams.touch(found, nowMs);
      // An older batch that comes again is no news of its producer.
      if (number === before.number) this.#moveLease(found.id, request, nowMs);
      const position = number === before.number ? formatPosition(before) : '';
      const missing = this.blobs.missing(found.id, refs);
      return { outcome: 'duplicate', position, missing };
    }

    const row = found ?? this.streams.findOrCreate(request, nowMs);
    const position = nextPosition({ ms: row.last_ms, seq: row.last_seq }, nowMs);
    this.blobs.put(row.id, blobs);
    this.entries.insert(row.id, position, {
      producer,
      number,
      fin,
      end,
      events: encodeEventArray(events),
      count: events.length,
      blobRefs: blobs.map((blob) => blob.ref),
    });
    this.producers.set(row.id, producer, number, position);
    this.#moveLease(row.id, request, nowMs);
    this.#moveTail.run(position.ms, position.seq, nowMs, row.id);
    if (maxEntries !== undefined) this.#trim(row, maxEntries);
    if (isWork(request.streamId)) this.work.queue(row.id);
    const missing = this.blobs.missing(row.id, refs);
    return { outcome: 'appended', position: formatPosition(position), missing };
  }

  /** Within a transaction: removes some entries before a position; whether there may be more. */
  trim(row: StreamRow, before: Position, maxEntries: number): boolean {
    const last = { ms: row.last_ms, seq: row.last_seq };
    const count = this.entries.removeBefore(row.id, earlier(before, last), maxEntries);
    const oldest = count === 0 ? undefined : this.entries.oldest(row.id);
    if (oldest !== undefined)
      this.#moveHead.run(oldest.ms, oldest.seq, row.entries - count, row.id);
    return count === maxEntries;
  }

  #moveLease(stream: number, { producer, fin, leaseMs }: AppendRequest, nowMs: number): void {
    const holder = leaseHolder(producer);
    if (fin) this.leases.end(stream, holder);
    else if (leaseMs !== undefined) this.leases.set(stream, holder, nowMs, leaseMs);
  }

  #endLapsed(row: StreamRow | undefined, producer: string, nowMs: number): boolean {
    return row !== undefined && this.leases.endLapsed(row.id, producer, nowMs);
  }

  /** Within a transaction. */
  lapsed(limit: number, nowMs: number): LapsedLease[] {
    return this.leases.lapsed(nowMs, nowMs - this.#ttlMs, limit);
  }

  /** Within a transaction. */
  takeWork(consumer: string, maxItems: number, nowMs: number, stealAfterMs: number): WorkItem[] {
    const aliveSinceMs = nowMs - this.#ttlMs;
    return this.work.take(consumer, { maxItems, nowMs, stealAfterMs, aliveSinceMs });
  }

  #trim(row: StreamRow, maxEntries: number): void {
    const count = row.entries + 1;
    if (count < maxEntries + TRIM_STEP) return;
    const oldest: Position | undefined = this.entries.trim(row.id, count - maxEntries);
    if (oldest !== undefined) this.#moveHead.run(oldest.ms, oldest.seq, maxEntries, row.id);
  }
}

function earlier(a: Position, b: Position): Position {
  return (a.ms - b.ms || a.seq - b.seq) < 0 ? a : b;
}

export function lastPosition(row: StreamRow): string {
  return formatPosition({ ms: row.last_ms, seq: row.last_seq });
}
