import type { StreamId } from '../wire/message.ts';
import { fnv1a } from '../wire/cursor.ts';

/**
 * Streams are spread over this many partitions by their id. All keys of a stream, and its
 * partition's work queue, carry the partition as hash tag: one slot, so that one script can touch
 * them all. Stored once under {@link PARTITIONS_KEY}; a log with another count is refused.
 */
export const PARTITIONS = 64;
export const PARTITIONS_KEY = 'st:partitions';
/** Consumer group of the work queues. */
export const WORK_GROUP = 'indexer';

/** From 0 to {@link PARTITIONS} - 1. */
export function partitionOf(streamId: StreamId): number {
  return fnv1a(streamId) & (PARTITIONS - 1);
}

/** Where one stream lives. */
export interface StreamKeys {
  /**
   * Stream, one entry for each batch: `p` producer, `n` number, `e` MessagePack array of events,
   * `c` their count, and where they apply `f` (`1`: fin), `h` (references of the blobs that came
   * along, 16 bytes each), `x` (reason of the run's end).
   */
  stream: string;
  /** Hash: blob reference (16 bytes) → bytes. */
  blobs: string;
  /**
   * Hash: `e` epoch, `l` last entry ID, `n` entries appended, `p:<producer>` → `<number> <entry
   * ID>` of its newest batch, `q` ID of the stream's entry in the work queue, `h` set while a
   * consumer holds that and has not been told of news.
   */
  meta: string;
  /** Stream: the partition's work queue; one entry (`s`: project and stream id) a stream. */
  queue: string;
  /**
   * Sorted set: the partition's leases. {@link lesseeOf} each → when it lapses, milliseconds since
   * 1970 by the clock of Redis.
   */
  leases: string;
  /** Hash beside it: when each of them was last set or renewed. */
  seen: string;
  /** Sharded channel: something was appended. Empty messages. */
  doorbell: string;
  /** Sharded channel of the work queue: empty for a new item, otherwise names the held one. */
  workRing: string;
}

export function streamKeys(project: string, streamId: StreamId): StreamKeys {
  const partition = partitionOf(streamId);
  const prefix = partitionPrefix(partition);
  const name = streamTask(project, streamId);
  return {
    stream: `${prefix}:t:${name}`,
    blobs: `${prefix}:b:${name}`,
    meta: `${prefix}:m:${name}`,
    queue: queueKey(partition),
    leases: leasesKey(partition),
    seen: seenKey(partition),
    doorbell: `${prefix}:d:${name}`,
    workRing: workRing(partition),
  };
}

export function queueKey(partition: number): string {
  return `${partitionPrefix(partition)}:q`;
}

export function leasesKey(partition: number): string {
  return `${partitionPrefix(partition)}:l`;
}

export function seenKey(partition: number): string {
  return `${partitionPrefix(partition)}:s`;
}

export function workRing(partition: number): string {
  return `${partitionPrefix(partition)}:w`;
}

/** What an entry of a work queue names. A project's name has no colon. */
export function streamTask(project: string, streamId: StreamId): string {
  return `${project}:${streamId}`;
}

/** What holds a lease: a producer in a stream. None of the three parts has a space. */
export function lesseeOf(project: string, streamId: StreamId, producer: string): string {
  return `${streamTask(project, streamId)} ${producer}`;
}

function partitionPrefix(partition: number): string {
  return `st:{${partition.toString(16).padStart(2, '0')}}`;
}
