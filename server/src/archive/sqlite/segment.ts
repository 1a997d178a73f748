import { crc32 } from 'node:zlib';
import { BLOB_REF_BYTES, type BlobRef, type EndReason } from '@spantail/protocol';
import type { LogEntry } from '../../log/event-log.ts';
import { formatPosition, parsePosition, type Position } from '../../log/position.ts';
import { pack, unpackViews } from './pack.ts';

/** A record: `[ms, seq, producer, number, fin, end, events, count, refs]`. */
type Fields = [
  number,
  number,
  string,
  number,
  boolean,
  EndReason | null,
  Uint8Array,
  number,
  Uint8Array,
];

const LENGTH_BYTES = 4;

/** One entry inside of a segment. */
export interface SegmentRecord extends Position {
  /** Where it begins and ends, its length in front included. */
  start: number;
  end: number;
  eventBytes: number;
}

/**
 * Entries as a segment has them: records one after the other, each with its length in front, so that
 * segments are joined and cut without looking into them.
 */
export function encodeRecords(entries: readonly LogEntry[]): Uint8Array<ArrayBuffer> {
  const records = entries.map((entry) => {
    const { position, producer, number, fin, end, events, count, blobRefs } = entry;
    const { ms, seq } = parsePosition(position);
    const refs = Buffer.concat(blobRefs);
    return pack([ms, seq, producer, number, fin, end ?? null, events, count, refs]);
  });
  const total = records.reduce((sum, record) => sum + LENGTH_BYTES + record.byteLength, 0);
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const record of records) {
    view.setUint32(at, record.byteLength);
    bytes.set(record, at + LENGTH_BYTES);
    at += LENGTH_BYTES + record.byteLength;
  }
  return bytes;
}

/** The entries of records; their bytes are views of `bytes`. */
export function decodeRecords(bytes: Uint8Array): LogEntry[] {
  const entries: LogEntry[] = [];
  for (const fields of eachRecord(bytes)) entries.push(toEntry(fields.values));
  return entries;
}

/** Where each entry lies, and how large it is. */
export function indexRecords(bytes: Uint8Array): SegmentRecord[] {
  const found: SegmentRecord[] = [];
  for (const { values, start, end } of eachRecord(bytes))
    found.push({ ms: values[0], seq: values[1], start, end, eventBytes: values[6].byteLength });
  return found;
}

function* eachRecord(bytes: Uint8Array): Generator<{ values: Fields; start: number; end: number }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let start = 0;
  while (start < bytes.byteLength) {
    const end = start + LENGTH_BYTES + view.getUint32(start);
    if (end > bytes.byteLength) throw new RangeError('a record ends behind its segment');
    yield { values: unpackViews(bytes.subarray(start + LENGTH_BYTES, end)) as Fields, start, end };
    start = end;
  }
}

function toEntry([ms, seq, producer, number, fin, end, events, count, refs]: Fields): LogEntry {
  const blobRefs: BlobRef[] = [];
  for (let at = 0; at < refs.length; at += BLOB_REF_BYTES)
    blobRefs.push(refs.subarray(at, at + BLOB_REF_BYTES));
  const check = crc32(events).toString(16).padStart(8, '0');
  const position = formatPosition({ ms, seq });
  const entry: LogEntry = { position, producer, number, fin, events, count, check, blobRefs };
  if (end !== null) entry.end = end;
  return entry;
}
