import { Packr, Unpackr } from 'msgpackr';
import { BLOB_REF_BYTES, type BlobRef, type EndReason } from '@spantail/protocol';
import type { LogEntry } from '../../log/event-log.ts';
import { compress, decompress } from '../compress.ts';

/** A segment holds entries up to about this many bytes of events: one read, one decompression. */
export const SEGMENT_BYTES = 256 * 1024;
export const SEGMENT_ENTRIES = 1_000;

type PackedEntry = [
  position: string,
  producer: string,
  number: number,
  fin: boolean,
  end: EndReason | null,
  events: Uint8Array,
  count: number,
  /** CRC-32 as a number. */
  check: number,
  /** References end to end. */
  refs: Uint8Array,
];

const packr = new Packr({ useRecords: false, variableMapSize: true });
const unpackr = new Unpackr({ useRecords: false, int64AsType: 'number' });

/** Entries of one run, in order, as both archives keep them. */
export function encodeSegment(entries: readonly LogEntry[]): Uint8Array {
  const packed = entries.map((entry): PackedEntry => [
    entry.position,
    entry.producer,
    entry.number,
    entry.fin,
    entry.end ?? null,
    entry.events,
    entry.count,
    Number.parseInt(entry.check, 16),
    Buffer.concat(entry.blobRefs),
  ]);
  return compress(packr.pack(packed));
}

/** @throws Error when the bytes are not what {@link encodeSegment} wrote */
export function decodeSegment(stored: Uint8Array): LogEntry[] {
  return (unpackr.unpack(decompress(stored)) as PackedEntry[]).map(toEntry);
}

/** Cuts entries into runs of them that make one segment each. */
export function splitIntoSegments(entries: readonly LogEntry[]): LogEntry[][] {
  const segments: LogEntry[][] = [];
  let segment: LogEntry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    segment.push(entry);
    bytes += entry.events.byteLength;
    if (bytes < SEGMENT_BYTES && segment.length < SEGMENT_ENTRIES) continue;
    segments.push(segment);
    segment = [];
    bytes = 0;
  }
  if (segment.length > 0) segments.push(segment);
  return segments;
}

function toEntry(packed: PackedEntry): LogEntry {
  const [position, producer, number, fin, end, events, count, check, refs] = packed;
  const blobRefs: BlobRef[] = [];
  for (let at = 0; at < refs.byteLength; at += BLOB_REF_BYTES)
    blobRefs.push(new Uint8Array(refs.subarray(at, at + BLOB_REF_BYTES)));
  return {
    position,
    producer,
    number,
    fin,
    ...(end === null ? {} : { end }),
    // Bytes of its own: a view would hold the whole segment for as long as one entry is kept.
    events: new Uint8Array(events),
    count,
    check: check.toString(16).padStart(8, '0'),
    blobRefs,
  };
}
