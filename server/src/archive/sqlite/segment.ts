import { crc32 } from 'node:zlib';
import { BLOB_REF_BYTES, type BlobRef, type EndReason } from '@spantail/protocol';
import type { LogEntry } from '../../log/event-log.ts';
import { formatPosition, parsePosition, type Position } from '../../log/position.ts';

/*
 * A record, numbers big-endian: its length from here on (u32), ms, seq and number (f64 each), count
 * (u32), fin (u8), lengths of producer and end (u8 each), of the references (u32), then these three
 * and the events, which fill the rest.
 */
const LENGTH_BYTES = 4;
const HEAD_BYTES = 35;
const MS = 0;
const SEQ = 8;
const NUMBER = 16;
const COUNT = 24;
const FIN = 28;
const PRODUCER = 29;
const END = 30;
const REFS = 31;

/** One entry inside of a segment. */
export interface SegmentRecord extends Position {
  /** Where it begins and ends, its length in front included. */
  start: number;
  end: number;
  eventBytes: number;
}

/**
 * Entries as a segment has them: records one after the other, so that segments are joined and cut
 * without looking into them. Little more than copying, because it is done where the fan-out runs.
 */
export function encodeRecords(entries: readonly LogEntry[]): Uint8Array<ArrayBuffer> {
  const sizes = entries.map(
    ({ producer, end = '', blobRefs, events }) =>
      HEAD_BYTES +
      Buffer.byteLength(producer) +
      end.length +
      blobRefs.length * BLOB_REF_BYTES +
      events.byteLength,
  );
  const bytes = Buffer.from(
    new ArrayBuffer(sizes.reduce((total, size) => total + LENGTH_BYTES + size, 0)),
  );
  let at = 0;
  entries.forEach((entry, i) => {
    const size = sizes[i] ?? 0;
    at = bytes.writeUInt32BE(size, at);
    writeRecord(bytes.subarray(at, at + size), entry);
    at += size;
  });
  return new Uint8Array(bytes.buffer);
}

function writeRecord(record: Buffer, entry: LogEntry): void {
  const { position, producer, number, fin, end = '', events, count, blobRefs } = entry;
  const { ms, seq } = parsePosition(position);
  record.writeDoubleBE(ms, MS);
  record.writeDoubleBE(seq, SEQ);
  record.writeDoubleBE(number, NUMBER);
  record.writeUInt32BE(count, COUNT);
  record.writeUInt8(Number(fin), FIN);
  let at = HEAD_BYTES;
  const producerBytes = record.write(producer, at);
  at += producerBytes;
  record.writeUInt8(producerBytes, PRODUCER);
  record.writeUInt8(record.write(end, at), END);
  at += end.length;
  record.writeUInt32BE(blobRefs.length * BLOB_REF_BYTES, REFS);
  for (const ref of blobRefs) {
    record.set(ref, at);
    at += BLOB_REF_BYTES;
  }
  record.set(events, at);
}

/** The entries of records; their bytes are views of `bytes`. */
export function decodeRecords(bytes: Uint8Array): LogEntry[] {
  return [...eachRecord(bytes)].map(({ record }) => toEntry(record));
}

/** Where each entry lies, and how large it is. */
export function indexRecords(bytes: Uint8Array): SegmentRecord[] {
  return [...eachRecord(bytes)].map(({ record, start, end }) => ({
    ms: record.readDoubleBE(MS),
    seq: record.readDoubleBE(SEQ),
    start,
    end,
    eventBytes: record.byteLength - eventsAt(record),
  }));
}

function* eachRecord(bytes: Uint8Array): Generator<{ record: Buffer; start: number; end: number }> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let start = 0;
  while (start < buffer.byteLength) {
    const end = start + LENGTH_BYTES + buffer.readUInt32BE(start);
    if (end > buffer.byteLength) throw new RangeError('a record ends behind its segment');
    yield { record: buffer.subarray(start + LENGTH_BYTES, end), start, end };
    start = end;
  }
}

function eventsAt(record: Buffer): number {
  const refs = record.readUInt32BE(REFS);
  return HEAD_BYTES + record.readUInt8(PRODUCER) + record.readUInt8(END) + refs;
}

function toEntry(record: Buffer): LogEntry {
  const producerEnd = HEAD_BYTES + record.readUInt8(PRODUCER);
  const endEnd = producerEnd + record.readUInt8(END);
  const start = eventsAt(record);
  const blobRefs: BlobRef[] = [];
  for (let at = endEnd; at < start; at += BLOB_REF_BYTES)
    blobRefs.push(plain(record.subarray(at, at + BLOB_REF_BYTES)));
  const events = plain(record.subarray(start));
  const position = formatPosition({ ms: record.readDoubleBE(MS), seq: record.readDoubleBE(SEQ) });
  const entry: LogEntry = {
    position,
    producer: record.toString('utf8', HEAD_BYTES, producerEnd),
    number: record.readDoubleBE(NUMBER),
    fin: record.readUInt8(FIN) === 1,
    events,
    count: record.readUInt32BE(COUNT),
    check: crc32(events).toString(16).padStart(8, '0'),
    blobRefs,
  };
  if (endEnd > producerEnd) entry.end = record.toString('utf8', producerEnd, endEnd) as EndReason;
  return entry;
}

/** Not a `Buffer`, whose parts would be `Buffer`s. */
function plain(view: Buffer): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
