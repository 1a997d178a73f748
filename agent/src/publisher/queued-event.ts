import type { Blob, BlobRef, Dropped, TraceEvent } from '@spantail/protocol';

/** An event that waits to be sent. */
export interface QueuedEvent {
  kind: TraceEvent['type'];
  /** Encoded, ready for the log. */
  bytes: Uint8Array;
  /** Blobs that go out for the first time, with this event. */
  blobs: Blob[];
  /** References in this event whose blobs were queued before. */
  refs: BlobRef[];
  /** Losses this event tells of: they have to be told again if it does not get through. */
  dropped: Dropped | undefined;
  /** What it takes of the queue's bound. */
  costBytes: number;
}

/** Objects around the bytes of one event, roughly. */
const OVERHEAD_BYTES = 64;

export function costOf(bytes: Uint8Array, blobs: readonly Blob[]): number {
  let cost = bytes.byteLength + OVERHEAD_BYTES;
  for (const blob of blobs) cost += blob.bytes.byteLength + OVERHEAD_BYTES;
  return cost;
}
