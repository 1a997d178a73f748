import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { ReadOptions } from '../../log/event-log.ts';
import { formatPosition, parsePosition, type Position } from '../../log/position.ts';
import { compress, decompress } from '../compress.ts';
import { archiveUnavailable } from '../unavailable.ts';
import { SEGMENT_BYTES, segmentsToMerge } from './merge-plan.ts';
import { indexRecords, type SegmentRecord } from './segment.ts';

interface SegmentRow {
  id: number;
  first_ms: number;
  first_seq: number;
  last_ms: number;
  last_seq: number;
  raw_bytes: number;
  crc: number;
  data: Uint8Array;
}

interface Opened {
  raw: Uint8Array;
  records: SegmentRecord[];
}

const COLUMNS = 'id, first_ms, first_seq, last_ms, last_seq, raw_bytes, crc, data';
/** Opened segments kept at hand: who reads a run page by page reads each a few times. */
const KEPT = 16;

/** Rows of `segments`: a run's entries, joined and compressed. */
export class SegmentTable {
  readonly #db: DatabaseSync;
  /** Never stale: a segment is not changed, only replaced by one with another id. */
  readonly #opened = new Map<number, Opened>();
  readonly #statements = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** Within a transaction. Answers by how many stored bytes the run has grown. */
  append(run: number, records: Uint8Array, ended: boolean): number {
    const small = this.#trailingSmall(run);
    const count = segmentsToMerge([...small.map((row) => row.raw_bytes), records.length], ended);
    const merged = small.slice(small.length - (count - 1));
    let grown = 0;
    for (const row of merged) {
      this.#statement('DELETE FROM segments WHERE id = ?').run(row.id);
      grown -= row.data.byteLength;
    }
    const raw = Buffer.concat([...merged.map((row) => this.#rawBytes(row, run)), records]);
    for (const part of cut(raw)) grown += this.#insert(run, part);
    return grown;
  }

  /** Records of a run behind a position, within bounds: a list, because they lie in several segments. */
  read(run: number, { after, until, maxEntries, maxBytes }: ReadOptions): Uint8Array[] {
    const from = parsePosition(after);
    const to = until === undefined ? undefined : parsePosition(until);
    const found: Uint8Array[] = [];
    let entries = 0;
    let bytes = 0;
    const rows = this.#statement(
      `SELECT ${COLUMNS} FROM segments WHERE run = ? AND (last_ms, last_seq) > (?, ?)
       ORDER BY last_ms, last_seq`,
    ).iterate(run, from.ms, from.seq);
    for (const row of rows) {
      const { raw, records } = this.#open(row as unknown as SegmentRow, run);
      let start: number | undefined;
      let end = 0;
      let done = false;
      for (const record of records) {
        if (compare(record, from) <= 0) continue;
        done = entries >= maxEntries || bytes >= maxBytes;
        if (done || (to !== undefined && compare(record, to) > 0)) {
          done = true;
          break;
        }
        start ??= record.start;
        end = record.end;
        entries++;
        bytes += record.eventBytes;
      }
      if (start !== undefined) found.push(raw.subarray(start, end));
      if (done) break;
    }
    return found;
  }

  /** The record at exactly this position. */
  at(run: number, position: string): Uint8Array | undefined {
    const wanted = parsePosition(position);
    const row = this.#statement(
      `SELECT ${COLUMNS} FROM segments WHERE run = ? AND (last_ms, last_seq) >= (?, ?)
       ORDER BY last_ms, last_seq LIMIT 1`,
    ).get(run, wanted.ms, wanted.seq);
    if (row === undefined) return undefined;
    const { raw, records } = this.#open(row as unknown as SegmentRow, run);
    const record = records.find((record) => compare(record, wanted) === 0);
    return record === undefined ? undefined : raw.subarray(record.start, record.end);
  }

  /** The newest position at or before a time. */
  newestAt(run: number, timeMs: number): string | undefined {
    // Segments are in order and do not overlap: the last that begins in time has it.
    const row = this.#statement(
      `SELECT ${COLUMNS} FROM segments WHERE run = ? AND first_ms <= ?
       ORDER BY last_ms DESC, last_seq DESC LIMIT 1`,
    ).get(run, timeMs);
    if (row === undefined) return undefined;
    const { records } = this.#open(row as unknown as SegmentRow, run);
    const record = records.findLast((record) => record.ms <= timeMs);
    return record === undefined ? undefined : formatPosition(record);
  }

  #trailingSmall(run: number): SegmentRow[] {
    const small: SegmentRow[] = [];
    const newestFirst = this.#statement(
      `SELECT ${COLUMNS} FROM segments WHERE run = ? ORDER BY last_ms DESC, last_seq DESC`,
    ).iterate(run);
    for (const row of newestFirst) {
      const segment = row as unknown as SegmentRow;
      if (segment.raw_bytes >= SEGMENT_BYTES) break;
      small.unshift(segment);
    }
    return small;
  }

  #insert(run: number, raw: Uint8Array): number {
    const records = indexRecords(raw);
    const first = records[0];
    const last = records.at(-1);
    if (first === undefined || last === undefined) return 0;
    const data = compress(raw);
    this.#statement(
      `INSERT INTO segments (run, first_ms, first_seq, last_ms, last_seq, raw_bytes, crc, data)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(run, first.ms, first.seq, last.ms, last.seq, raw.byteLength, crc32(raw), data);
    return data.byteLength;
  }

  #open(row: SegmentRow, run: number): Opened {
    const kept = this.#opened.get(row.id);
    if (kept !== undefined) {
      this.#opened.delete(row.id);
      this.#opened.set(row.id, kept);
      return kept;
    }
    const raw = this.#rawBytes(row, run);
    const opened = { raw, records: indexRecords(raw) };
    this.#opened.set(row.id, opened);
    if (this.#opened.size > KEPT)
      for (const oldest of this.#opened.keys()) {
        this.#opened.delete(oldest);
        break;
      }
    return opened;
  }

  /** @throws SpantailError that names the segment when it is not what was written */
  #rawBytes(row: SegmentRow, run: number): Uint8Array {
    let raw: Uint8Array | undefined;
    try {
      raw = decompress(row.data);
    } catch {
      // Told from its checksum below.
    }
    if (raw !== undefined && raw.byteLength === row.raw_bytes && crc32(raw) === row.crc) return raw;
    throw archiveUnavailable(
      `segment ${row.id} of ${this.#db.location()} is damaged: the entries from ` +
        `${row.first_ms}-${row.first_seq} to ${row.last_ms}-${row.last_seq} of the archive's run ${run} cannot be read`,
    );
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, (statement = this.#db.prepare(sql)));
    return statement;
  }
}

function compare(a: Position, b: Position): number {
  return a.ms - b.ms || a.seq - b.seq;
}

/** Parts of about {@link SEGMENT_BYTES}; a record is never cut. */
function* cut(raw: Uint8Array): Generator<Uint8Array> {
  if (raw.byteLength < 2 * SEGMENT_BYTES) {
    yield raw;
    return;
  }
  let start = 0;
  for (const { end } of indexRecords(raw)) {
    if (end - start < SEGMENT_BYTES) continue;
    yield raw.subarray(start, end);
    start = end;
  }
  if (start < raw.byteLength) yield raw.subarray(start);
}
