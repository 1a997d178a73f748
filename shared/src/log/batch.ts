import type { Blob, BlobRef } from '../payload/payload.ts';
import type { TraceId } from '../ids.ts';

/**
 * What a publisher hands to a log in one go: the events of one trace since its last flush. It
 * becomes one log entry. (producer, number) makes it idempotent: a number that is not newer than
 * the last one accepted from that producer in that trace is a duplicate and changes nothing.
 */
export interface Batch {
  traceId: TraceId;
  /** Counts a producer's batches of one trace from 1. Holes are allowed, going back is not. */
  number: number;
  /** Nothing of this trace is open at this producer after these events. */
  fin: boolean;
  /**
   * Unless the producer is heard of again within this, what it has open in this trace is taken for
   * lost. Absent: a lease that it has stays as it is.
   */
  leaseMs?: number;
  /** Encoded {@link TraceEvent}s, one MessagePack map each. */
  events: Uint8Array[];
  /** Blobs not sent before in this trace. */
  blobs: Blob[];
  /** References in these events whose blobs were sent before: the log checks that it has them. */
  refs: BlobRef[];
}

/** A log's answer to one batch. */
export interface BatchResult {
  outcome: 'appended' | 'duplicate';
  /**
   * Entry ID of the appended entry; of a duplicate, the ID it got the first time, `''` when the
   * producer has sent newer ones since.
   */
  position: string;
  /** Of the batch's `refs`, those the log has no bytes for: send them again. */
  missing: BlobRef[];
}
