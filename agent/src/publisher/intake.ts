import {
  fitEvent,
  payloadRefs,
  payloadsOf,
  shortestClose,
  toHex,
  withoutPayloads,
  type Blob,
  type BlobRef,
  type Dropped,
  type TraceEvent,
  type TraceId,
} from '@spantail/protocol';
import { CLOSE_RESERVE_BYTES, admitsEvent, admitsPayload, type QueueGauge } from './admission.ts';
import { NO_LOSSES, addLosses, toDropped } from './losses.ts';
import { costOf, type QueuedEvent } from './queued-event.ts';
import type { SentBlobs } from './sent-blobs.ts';
import type { TraceQueue } from './trace-queue.ts';

export interface IntakeEvents {
  /** Part of an event that is let in was left out. */
  onLoss(dropped: Dropped): void;
  onFull(why: string): void;
}

/** Decides what of an event comes into the bounded queue, and keeps its gauge. */
export class Intake {
  readonly #gauge: QueueGauge;
  readonly #sent: SentBlobs;
  readonly #events: IntakeEvents;
  #queuedBytes = 0;

  constructor(maxBytes: number, sent: SentBlobs, events: IntakeEvents) {
    this.#gauge = { usedBytes: 0, maxBytes };
    this.#sent = sent;
    this.#events = events;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  get isCrowded(): boolean {
    return this.#gauge.usedBytes > this.#gauge.maxBytes / 2;
  }

  /** The event as it fits into the queue now, maybe without its payloads; `undefined`: not at all. */
  fit(queue: TraceQueue, event: TraceEvent, blobs: readonly Blob[]): QueuedEvent | undefined {
    const fitted = fitEvent(event);
    if (fitted === undefined) return undefined;
    if (fitted.payloadsLost > 0) return this.#fitStripped(queue, fitted.event, fitted.payloadsLost);
    const fresh = this.#fresh(queue.traceId, blobs);
    const costBytes = costOf(fitted.bytes, fresh);
    const payloads = payloadsOf(event).length;
    if (payloads > 0 && !admitsPayload(this.#gauge, costBytes))
      return this.#fitStripped(queue, withoutPayloads(event).event, payloads);
    if (payloads === 0 && !this.#hasRoom(queue, event, costBytes))
      return this.#fitShortest(queue, event, 0);
    return toQueued(event, fitted.bytes, fresh, payloads === 0 ? [] : this.#refs(queue, event));
  }

  /**
   * What the log is to look for: all that the payload names itself, and the trace's oldest blob. The
   * latter shows that a log lost everything also where the old blobs lie below a new one.
   */
  #refs({ traceId }: TraceQueue, event: TraceEvent): BlobRef[] {
    const oldest = this.#sent.oldest(traceId);
    return oldest === undefined ? refsOf(event) : [...refsOf(event), oldest];
  }

  /** @param event without its payloads; @param lost how many they were */
  #fitStripped(queue: TraceQueue, event: TraceEvent, lost: number): QueuedEvent | undefined {
    const told = withDropped(event, { payloads: lost });
    const fitted = fitEvent(told);
    if (fitted === undefined) return undefined;
    if (!this.#hasRoom(queue, told, costOf(fitted.bytes, [])))
      return this.#fitShortest(queue, event, lost);
    this.#events.onLoss({ payloads: lost });
    this.#events.onFull('inputs and outputs are left out: too much is waiting to be sent');
    return toQueued(fitted.event, fitted.bytes, [], []);
  }

  /** The end of a span that was let in always gets through: its start paid for it. */
  #fitShortest(queue: TraceQueue, event: TraceEvent, lost: number): QueuedEvent | undefined {
    if (event.type !== 'close' || !queue.open.has(event.spanId)) return undefined;
    const { dropped } = withDropped(event, { payloads: lost });
    const short = withDropped(shortestClose(event), dropped);
    const fitted = fitEvent(short);
    if (fitted === undefined) return undefined;
    this.#events.onLoss({ payloads: lost });
    return toQueued(short, fitted.bytes, [], []);
  }

  #hasRoom(queue: TraceQueue, event: TraceEvent, costBytes: number): boolean {
    const isPaidFor = event.type === 'close' && queue.open.has(event.spanId);
    const gauge = isPaidFor
      ? { ...this.#gauge, usedBytes: this.#gauge.usedBytes - CLOSE_RESERVE_BYTES }
      : this.#gauge;
    return admitsEvent(gauge, event.type, costBytes);
  }

  openSpan(queue: TraceQueue, spanId: string): void {
    if (queue.open.has(spanId)) return;
    queue.open.add(spanId);
    this.#gauge.usedBytes += CLOSE_RESERVE_BYTES;
  }

  closeSpan(queue: TraceQueue, spanId: string): void {
    if (queue.open.delete(spanId)) this.#gauge.usedBytes -= CLOSE_RESERVE_BYTES;
  }

  /** Bytes that came in, or, negative, went out. */
  use(bytes: number): void {
    this.#queuedBytes += bytes;
    this.#gauge.usedBytes += bytes;
  }

  /** Those the trace has not had, each once. */
  #fresh(traceId: TraceId, blobs: readonly Blob[]): Blob[] {
    if (blobs.length === 0) return [];
    const fresh = new Map<string, Blob>();
    for (const blob of blobs)
      if (!this.#sent.has(traceId, blob.ref)) fresh.set(toHex(blob.ref), blob);
    return [...fresh.values()];
  }
}

/** The event, telling of more losses than it does. */
export function withDropped(event: TraceEvent, more: Dropped | undefined): TraceEvent {
  if (more === undefined) return event;
  const dropped = toDropped(addLosses(addLosses(NO_LOSSES, event.dropped ?? {}), more));
  return dropped === undefined ? event : { ...event, dropped };
}

function toQueued(
  event: TraceEvent,
  bytes: Uint8Array,
  blobs: Blob[],
  refs: BlobRef[],
): QueuedEvent {
  return {
    kind: event.type,
    bytes,
    blobs,
    refs,
    dropped: event.dropped,
    costBytes: costOf(bytes, blobs),
  };
}

function refsOf(event: TraceEvent): BlobRef[] {
  return payloadsOf(event).flatMap(payloadRefs);
}
