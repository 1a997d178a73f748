import { hash } from 'node:crypto';
import { LIMITS, batchProducer, toHex, type Blob, type BlobRef } from '@spantail/protocol';
import type { EventLog, StreamName } from '../../log/event-log.ts';
import type { EncodedEvent } from './encode-span.ts';

/** Bytes of blobs in one append. */
const MOST_BLOB_BYTES = 16 * 1024 * 1024;

/** One event that a request says, and what of it is news here. */
export interface Piece {
  said: EncodedEvent;
  /** Absent: the log has it. Otherwise `said`, or the same under a higher revision. */
  news?: EncodedEvent;
}

export interface PartsToAppend {
  stream: StreamName;
  pieces: readonly Piece[];
  /** References, in hex, of blobs that the log has. */
  known: ReadonlySet<string>;
  /** Blobs that it has now as well. */
  onWritten: (refs: Iterable<string>) => void;
  /** Of the last part. */
  fin: boolean;
  leaseMs?: number;
}

/**
 * Appends what is news as one batch, or as several that keep the limits of one. Resolves when the log
 * has them and every blob that they name.
 *
 * Where a part ends and what it is called follows from what the request says, never from what of it
 * is news: so a part is the same one at every gateway, however often and whichever way it comes.
 */
export async function appendParts(log: EventLog, parts: PartsToAppend): Promise<void> {
  const { stream, pieces, known, onWritten, fin, leaseMs } = parts;
  const batches = cut(pieces).filter((part) => part.some(({ news }) => news !== undefined));
  for (const [i, pieces] of batches.entries()) {
    const part = partOf(
      pieces.flatMap(({ news }) => news ?? []),
      known,
    );
    const { missing } = await log.append({
      ...stream,
      producer: batchProducer('otlp', hashOf(pieces)),
      number: 1,
      fin: fin && i === batches.length - 1,
      ...(leaseMs === undefined ? {} : { leaseMs }),
      ...part.batch,
    });
    // The log has lost what it had.
    if (missing.length > 0) await log.putBlobs(stream, part.bytesOf(missing));
    onWritten(part.refs);
  }
}

function hashOf(pieces: readonly Piece[]): string {
  // In one go: a call for each event costs more than to put them together.
  return hash('sha256', Buffer.concat(pieces.map(({ said }) => said.bytes)), 'hex');
}

function cut(pieces: readonly Piece[]): Piece[][] {
  const parts: Piece[][] = [];
  for (let start = 0; start < pieces.length;) {
    const end = endOfPart(pieces, start);
    parts.push(pieces.slice(start, end));
    start = end;
  }
  return parts;
}

function endOfPart(pieces: readonly Piece[], start: number): number {
  let end = start;
  let bytes = 0;
  let blobBytes = 0;
  while (end < pieces.length && end - start < LIMITS.batchEvents) {
    const said = pieces[end]?.said;
    if (said === undefined) break;
    bytes += said.bytes.byteLength + EVENT_OVERHEAD_BYTES + BLOB_OVERHEAD_BYTES * said.blobs.length;
    for (const blob of said.blobs) blobBytes += blob.bytes.byteLength;
    if (end > start && (bytes > LIMITS.batchBytes || blobBytes > MOST_BLOB_BYTES)) break;
    end++;
  }
  return end;
}

/** A higher revision, and what is around an event. */
const EVENT_OVERHEAD_BYTES = 16;
/** A reference, and what is around it. */
const BLOB_OVERHEAD_BYTES = 20;

interface Part {
  batch: { events: Uint8Array[]; blobs: Blob[]; refs: BlobRef[] };
  /** In hex. */
  refs: Iterable<string>;
  bytesOf(missing: readonly BlobRef[]): Blob[];
}

/** A blob that the log is known to have goes as its reference only, to be checked. */
function partOf(events: readonly EncodedEvent[], known: ReadonlySet<string>): Part {
  const all = new Map<string, Blob>();
  for (const { blobs } of events) for (const blob of blobs) all.set(toHex(blob.ref), blob);
  const fresh: Blob[] = [];
  const refs: BlobRef[] = [];
  for (const [hex, blob] of all) {
    if (known.has(hex)) refs.push(blob.ref);
    else fresh.push(blob);
  }
  return {
    batch: { events: events.map(({ bytes }) => bytes), blobs: fresh, refs },
    refs: all.keys(),
    bytesOf: (missing) => missing.flatMap((ref) => all.get(toHex(ref)) ?? []),
  };
}
