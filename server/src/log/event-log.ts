import type { Batch, BatchResult, Blob, BlobRef, EndReason, StreamId } from '@spantail/protocol';

/** A stream of one project: a trace's events, or the feed of runs. */
export interface StreamName {
  project: string;
  streamId: StreamId;
}

/** One append as it lies in the log. Immutable once written. */
export interface LogEntry {
  /** Entry ID `<ms>-<seq>`, growing within a stream. */
  position: string;
  producer: string;
  number: number;
  /** The producer had nothing of this trace open after this entry. */
  fin: boolean;
  /** Set on the entry that marks the run's end; such an entry has no events. */
  end?: EndReason;
  /** MessagePack array of `bin`: the encoded events, in order. */
  events: Uint8Array;
  /** Elements of `events`. */
  count: number;
  /** CRC-32 of `events`, 8 hex digits. */
  check: string;
  /** References of the blobs that came with this entry. */
  blobRefs: BlobRef[];
}

/** Where a stream stands. */
export interface StreamTail {
  /** Given when the stream was created; another one means another history. */
  epoch: string;
  /** Position of the oldest entry still there (`0-0` when nothing was ever trimmed or written). */
  first: string;
  /** Position of the newest entry. */
  last: string;
}

export interface ReadOptions {
  /** Exclusive: entries behind this position. */
  after: string;
  /** Inclusive upper bound; absent: the tail. */
  until?: string;
  maxEntries: number;
  /** Stops behind the entry that reaches this many bytes of events; at least one entry is read. */
  maxBytes: number;
}

/** An append by the server itself. */
export interface AppendOptions {
  /** Marks the run's end; the batch then has no events. */
  end?: EndReason;
  /** Append only when this is still the newest entry's position. */
  expectLast?: string;
  /** Keep at most about this many entries (the runs feed). */
  maxEntries?: number;
  /**
   * Append only while the lease that this producer has in the stream is lapsed; ends that lease.
   * Nothing is appended to a stream that is gone, and no entry without events.
   */
  ifLapsed?: string;
}

export interface AppendResult extends Omit<BatchResult, 'outcome'> {
  /**
   * `conflict`: `expectLast` was not the newest entry any more, or `ifLapsed` has no lapsed lease;
   * nothing was written.
   */
  outcome: BatchResult['outcome'] | 'conflict';
}

/** One batch for one stream, with the project and the producer that sent it. */
export interface AppendRequest extends Omit<Batch, 'traceId'>, StreamName {
  producer: string;
}

/** A producer that was not heard of within its lease. Times are the store's, since 1970. */
export interface LapsedLease extends StreamName {
  producer: string;
  lapsedAtMs: number;
  /** When it was last heard of. */
  seenAtMs: number;
}

/** A trace with new entries, taken from the work queue until it is acknowledged. */
export interface WorkItem extends StreamName {
  /** Handle for {@link EventLog.acknowledge}. */
  id: string;
}

/**
 * An append-only log of streams with idempotent appends, content-addressed blobs, a doorbell and a
 * work queue. Two implementations, one contract suite (`test/contract/event-log`).
 *
 * Every method rejects with a `SpantailError` of code `LOG_UNAVAILABLE` while the store cannot be
 * reached; the log reconnects by itself.
 */
export interface EventLog {
  /**
   * Appends one entry, atomically: entry, blobs, lease, expiry, work queue and doorbell. Idempotent by
   * (producer, number); a duplicate still stores its blobs and reports missing references.
   */
  append(request: AppendRequest, options?: AppendOptions): Promise<AppendResult>;
  putBlobs(stream: StreamName, blobs: Blob[]): Promise<void>;
  /** In the order of `refs`; `undefined` where the log has no bytes. */
  getBlobs(stream: StreamName, refs: BlobRef[]): Promise<(Uint8Array | undefined)[]>;
  /** `undefined`: the stream does not exist (yet, or any more). */
  tail(stream: StreamName): Promise<StreamTail | undefined>;
  /** Entries in order; fewer than there are only because of the bounds in `options`. */
  read(stream: StreamName, options: ReadOptions): Promise<LogEntry[]>;
  /**
   * Like {@link read}, with the proof that nothing is missing between `after` and what comes:
   * `undefined` when the entry at `after` is not there (with `0-0`: when anything was ever trimmed,
   * or the stream does not exist).
   */
  readProven(stream: StreamName, options: ReadOptions): Promise<LogEntry[] | undefined>;
  /** The entry at exactly this position. */
  entry(stream: StreamName, position: string): Promise<LogEntry | undefined>;
  /**
   * Rings after each append to the stream, at some later moment, at most once a macrotask. May miss
   * rings when the connection is cut (poll as a backstop). Resolves when listening has begun.
   */
  listen(stream: StreamName, ring: () => void): Promise<Listener>;
  /**
   * Removes the entries before this position, not the one at it; the newest stays in any case. What
   * a producer has sent stays known, and so do the blobs.
   */
  trim(stream: StreamName, before: string): Promise<void>;
  /**
   * The stream, its blobs and its state disappear after `ttlMs`, unless something is appended
   * before: then the log's own time to live counts again.
   *
   * @param expectLast only while this is still the newest entry's position
   * @returns whether it was done
   */
  expire(stream: StreamName, ttlMs: number, expectLast?: string): Promise<boolean>;
  /**
   * Renews the lease of a producer, also one that has lapsed, and the stream's time to live. A
   * producer without a lease (it has finished, or was called lost) stays without one.
   *
   * @returns whether it has one
   */
  renew(stream: StreamName, producer: string, leaseMs: number): Promise<boolean>;
  /** Leases that have lapsed by the store's clock, longest first; at most `limit`. */
  lapsed(limit: number): Promise<LapsedLease[]>;
  /** Traces with new entries. Resolves as soon as there is one, or with none after `waitMs`. */
  takeWork(consumer: string, options: TakeWorkOptions): Promise<WorkItem[]>;
  /** The item's entries have been seen. The next append to that trace queues it again. */
  acknowledge(items: WorkItem[]): Promise<void>;
  /**
   * Writes, hears and reads back one entry in a stream of its own: checks the data path. Resolves
   * with the time it took.
   */
  probe(timeoutMs: number): Promise<number>;
  /** Called whenever the store's identity may have changed (reconnect, failover): prove cursors. */
  onReconnect(listener: () => void): () => void;
  close(): Promise<void>;
}

export interface Listener {
  close(): void;
}

export interface TakeWorkOptions {
  maxItems: number;
  waitMs: number;
  /** Also take over items another consumer has held for this long. */
  stealAfterMs: number;
  signal?: AbortSignal;
}
