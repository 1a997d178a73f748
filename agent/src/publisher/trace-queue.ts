import {
  toHex,
  type Batch,
  type Blob,
  type BlobRef,
  type Dropped,
  type SpanId,
  type TraceId,
} from '@spantail/protocol';
import { NO_LOSSES, addLosses, toDropped, type Losses } from './losses.ts';
import type { QueuedEvent } from './queued-event.ts';

export interface BatchBounds {
  maxEvents: number;
  /** Bytes of events and blobs; one larger event still goes alone. */
  maxBytes: number;
}

/** Events taken from the queue as one batch, until the log has answered. */
interface InFlight {
  batch: Batch;
  events: QueuedEvent[];
}

/** One trace's events on their way: in order, at most one batch of them unanswered. */
export class TraceQueue {
  readonly traceId: TraceId;
  /** Spans that were opened here and have not ended. */
  readonly open = new Set<SpanId>();
  /** Spans whose start found no room: what comes of them is left out too. */
  readonly refused = new Set<SpanId>();
  /** Not to be tried before this (the clock of `performance.now`). */
  notBeforeMs = 0;
  /** Attempts that failed since the last answer. */
  failures = 0;
  /** Attempts in a row to send again, for the batch in flight, what the log has lost. */
  restoreFailures = 0;
  #pending: QueuedEvent[] = [];
  #inFlight: InFlight | undefined;
  #losses: Losses = NO_LOSSES;
  #pushed = 0;
  #settled = 0;

  readonly #leaseMs: number | undefined;

  /** @param leaseMs goes along while something is open or waits; absent: no lease */
  constructor(traceId: TraceId, leaseMs?: number) {
    this.traceId = traceId;
    this.#leaseMs = leaseMs;
  }

  push(event: QueuedEvent): void {
    this.#pending.push(event);
    this.#pushed++;
  }

  /** How many events came in; they are through, or given up, when {@link settledCount} is there. */
  get pushedCount(): number {
    return this.#pushed;
  }

  get settledCount(): number {
    return this.#settled;
  }

  get hasWork(): boolean {
    return this.#pending.length > 0 || this.#inFlight !== undefined;
  }

  /** Nothing waits and nothing is open: only what the trace has had is worth remembering. */
  get idle(): boolean {
    return !this.hasWork && this.open.size === 0 && toDropped(this.#losses) === undefined;
  }

  lose(dropped: Dropped): void {
    this.#losses = addLosses(this.#losses, dropped);
  }

  /** Losses nobody has been told of; the caller tells them with the next event. */
  takeLosses(): Dropped | undefined {
    if (this.#losses === NO_LOSSES) return undefined;
    const dropped = toDropped(this.#losses);
    this.#losses = NO_LOSSES;
    return dropped;
  }

  /**
   * The batch to send now: the unanswered one again, with the same number and bytes, or the next
   * events. `undefined` when there is none.
   */
  take(nextNumber: () => number, bounds: BatchBounds): Batch | undefined {
    if (this.#inFlight !== undefined) return this.#inFlight.batch;
    const count = countWithin(this.#pending, bounds);
    if (count === 0) return undefined;
    const events = this.#pending.splice(0, count);
    const fin = this.#pending.length === 0 && this.open.size === 0;
    const batch = makeBatch(this.traceId, nextNumber(), fin, events);
    if (!fin && this.#leaseMs !== undefined) batch.leaseMs = this.#leaseMs;
    this.#inFlight = { batch, events };
    return this.#inFlight.batch;
  }

  /** The batch is answered for good: its events are done with. */
  settle(): QueuedEvent[] {
    const events = this.#inFlight?.events ?? [];
    this.#inFlight = undefined;
    this.#settled += events.length;
    this.failures = 0;
    this.restoreFailures = 0;
    this.notBeforeMs = 0;
    return events;
  }

  /**
   * The log will not have this batch as it is: what `mend` makes of each event waits again, in its
   * place; those it gives up are returned.
   */
  putBack(mend: (event: QueuedEvent) => QueuedEvent | undefined): QueuedEvent[] {
    const kept: QueuedEvent[] = [];
    const lost: QueuedEvent[] = [];
    for (const event of this.#inFlight?.events ?? []) {
      const mended = mend(event);
      if (mended === undefined) lost.push(event);
      else kept.push(mended);
    }
    this.#inFlight = undefined;
    this.#pending = [...kept, ...this.#pending];
    this.#settled += lost.length;
    this.failures = 0;
    this.notBeforeMs = 0;
    return lost;
  }

  /** Everything that waits is given up. */
  abandon(): QueuedEvent[] {
    const events = [...(this.#inFlight?.events ?? []), ...this.#pending];
    this.#inFlight = undefined;
    this.#pending = [];
    this.#settled += events.length;
    return events;
  }
}

function countWithin(events: readonly QueuedEvent[], { maxEvents, maxBytes }: BatchBounds): number {
  let bytes = 0;
  let count = 0;
  for (const event of events) {
    bytes += event.costBytes;
    if (count > 0 && (count >= maxEvents || bytes > maxBytes)) break;
    count++;
  }
  return count;
}

function makeBatch(
  traceId: TraceId,
  number: number,
  fin: boolean,
  events: readonly QueuedEvent[],
): Batch {
  const blobs: Blob[] = [];
  const refs = new Map<string, BlobRef>();
  for (const event of events) {
    blobs.push(...event.blobs);
    for (const ref of event.refs) refs.set(toHex(ref), ref);
  }
  if (refs.size > 0) for (const { ref } of blobs) refs.delete(toHex(ref));
  return {
    traceId,
    number,
    fin,
    events: events.map((event) => event.bytes),
    blobs,
    refs: [...refs.values()],
  };
}
