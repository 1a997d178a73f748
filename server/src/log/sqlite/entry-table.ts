import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { BLOB_REF_BYTES, type BlobRef, type EndReason } from '@spantail/protocol';
import type { LogEntry, ReadOptions } from '../event-log.ts';
import { formatPosition, parsePosition, type Position } from '../position.ts';

/** One entry to be written. */
export interface NewEntry {
  producer: string;
  number: number;
  fin: boolean;
  end: EndReason | undefined;
  /** MessagePack array of `bin`. */
  events: Uint8Array;
  count: number;
  blobRefs: readonly BlobRef[];
}

interface EntryRow {
  ms: number;
  seq: number;
  producer: string;
  number: number;
  fin: number;
  end: EndReason | null;
  events: Uint8Array;
  count: number;
  refs: Uint8Array;
}

const COLUMNS = 'ms, seq, producer, number, fin, end, events, count, refs';
const MAX_POSITION: Position = { ms: Number.MAX_SAFE_INTEGER, seq: Number.MAX_SAFE_INTEGER };

/** Writes, reads and trims rows of `entries`. */
export class EntryTable {
  readonly #insert: StatementSync;
  readonly #at: StatementSync;
  readonly #range: StatementSync;
  readonly #deleteOldest: StatementSync;
  readonly #oldest: StatementSync;
  readonly #exists: StatementSync;
  readonly #deleteBefore: StatementSync;

  constructor(db: DatabaseSync) {
    this.#insert = db.prepare(
      `INSERT INTO entries (stream, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#at = db.prepare(`SELECT ${COLUMNS} FROM entries WHERE stream = ? AND ms = ? AND seq = ?`);
    this.#range = db.prepare(
      `SELECT ${COLUMNS} FROM entries
       WHERE stream = ? AND (ms, seq) > (?, ?) AND (ms, seq) <= (?, ?)
       ORDER BY ms, seq LIMIT ?`,
    );
    this.#deleteOldest = db.prepare(
      `DELETE FROM entries WHERE rowid IN
       (SELECT rowid FROM entries WHERE stream = ? ORDER BY ms, seq LIMIT ?)`,
    );
    this.#exists = db.prepare('SELECT 1 FROM entries WHERE stream = ? AND ms = ? AND seq = ?');
    this.#deleteBefore = db.prepare(
      `DELETE FROM entries WHERE rowid IN
       (SELECT rowid FROM entries WHERE stream = ? AND (ms, seq) < (?, ?) ORDER BY ms, seq LIMIT ?)`,
    );
    this.#oldest = db.prepare(
      'SELECT ms, seq FROM entries WHERE stream = ? ORDER BY ms, seq LIMIT 1',
    );
  }

  insert(stream: number, { ms, seq }: Position, entry: NewEntry): void {
    const { producer, number, fin, end, events, count, blobRefs } = entry;
    const refs = Buffer.concat(blobRefs);
    this.#insert.run(
      stream,
      ms,
      seq,
      producer,
      number,
      Number(fin),
      end ?? null,
      events,
      count,
      refs,
    );
  }

  at(stream: number, position: string): LogEntry | undefined {
    const { ms, seq } = parsePosition(position);
    const row = this.#at.get(stream, ms, seq) as EntryRow | undefined;
    return row === undefined ? undefined : toEntry(row);
  }

  range(stream: number, { after, until, maxEntries, maxBytes }: ReadOptions): LogEntry[] {
    const from = parsePosition(after);
    const to = until === undefined ? MAX_POSITION : parsePosition(until);
    const entries: LogEntry[] = [];
    let bytes = 0;
    // Row by row: what lies behind the bound is not read from the disk.
    for (const row of this.#range.iterate(stream, from.ms, from.seq, to.ms, to.seq, maxEntries)) {
      const entry = toEntry(row as EntryRow & typeof row);
      entries.push(entry);
      bytes += entry.events.byteLength;
      if (bytes >= maxBytes) break;
    }
    return entries;
  }

  has(stream: number, { ms, seq }: Position): boolean {
    return this.#exists.get(stream, ms, seq) !== undefined;
  }

  /** Removes some of the oldest entries before a position; how many they were. */
  removeBefore(stream: number, { ms, seq }: Position, limit: number): number {
    return Number(this.#deleteBefore.run(stream, ms, seq, limit).changes);
  }

  oldest(stream: number): Position | undefined {
    return this.#oldest.get(stream) as Position | undefined;
  }

  /** Removes the `count` oldest entries; answers what is the oldest now. */
  trim(stream: number, count: number): Position | undefined {
    this.#deleteOldest.run(stream, count);
    return this.oldest(stream);
  }
}

function toEntry(row: EntryRow): LogEntry {
  const { producer, number, events, count, refs } = row;
  const blobRefs: BlobRef[] = [];
  for (let at = 0; at < refs.length; at += BLOB_REF_BYTES)
    blobRefs.push(refs.subarray(at, at + BLOB_REF_BYTES));
  const entry: LogEntry = {
    position: formatPosition(row),
    producer,
    number,
    fin: row.fin === 1,
    events,
    count,
    check: crc32(events).toString(16).padStart(8, '0'),
    blobRefs,
  };
  if (row.end !== null) entry.end = row.end;
  return entry;
}
