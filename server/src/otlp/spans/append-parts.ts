import { LIMITS, toHex, type Blob, type BlobRef } from '@spantail/protocol';
import type { EventLog, StreamName } from '../../log/event-log.ts';
import type { EncodedEvent } from './encode-span.ts';

/** Bytes of blobs in one append. */
const MOST_BLOB_BYTES = 16 * 1024 * 1024;

export interface PartsToAppend {
  stream: StreamName;
  /** Names this content: the same events come under the same name. */
  producer: string;
  events: readonly EncodedEvent[];
  /** References, in hex, of blobs that the log has; those of these events are added. */
  known: Set<string>;
  /** Of the last part. */
  fin: boolean;
  leaseMs?: number;
}

/**
 * Appends events as one batch, or as several that keep the limits of one. Resolves when the log has
 * them and every blob that they name.
 */
export async function appendParts(log: EventLog, parts: PartsToAppend): Promise<void> {
  const { stream, producer, events, known, fin, leaseMs } = parts;
  let number = 0;
  for (let start = 0; start < events.length;) {
    const end = endOfPart(events, start);
    const part = partOf(events.slice(start, end), known);
    const isLast = end === events.length;
    number++;
    const { missing } = await log.append({
      ...stream,
      producer,
      number,
      fin: isLast && fin,
      ...(leaseMs === undefined ? {} : { leaseMs }),
      ...part.batch,
    });
    // The log has lost what it had.
    if (missing.length > 0) await log.putBlobs(stream, part.bytesOf(missing));
    for (const ref of part.refs) known.add(ref);
    start = end;
  }
}

function endOfPart(events: readonly EncodedEvent[], start: number): number {
  let end = start;
  let bytes = 0;
  let blobBytes = 0;
  while (end < events.length && end - start < LIMITS.batchEvents) {
    const event = events[end];
    if (event === undefined) break;
    bytes += event.bytes.byteLength + BLOB_OVERHEAD_BYTES * event.blobs.length;
    for (const blob of event.blobs) blobBytes += blob.bytes.byteLength;
    if (end > start && (bytes > LIMITS.batchBytes || blobBytes > MOST_BLOB_BYTES)) break;
    end++;
  }
  return end;
}

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
