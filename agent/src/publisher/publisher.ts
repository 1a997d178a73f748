import { randomUUID } from 'node:crypto';
import {
  SpantailError,
  buildPayload,
  buildPayloadFromJson,
  isTraceId,
  payloadRefs,
  toHex,
  truncate,
  type Blob,
  type BlobRef,
  type BuiltPayload,
  type Dropped,
  type Payload,
  type TraceEvent,
  type TraceId,
} from '@spantail/protocol';
import { CLOSE_RESERVE_BYTES, admitsEvent, admitsPayload, type QueueGauge } from './admission.ts';
import { Delivery } from './delivery.ts';
import { FlushWaiters } from './flush-waiters.ts';
import { hashBlob } from './hash-blob.ts';
import { NO_LOSSES, addLosses, lossOf, toDropped, type Losses } from './losses.ts';
import type { PublisherOptions, PublisherStats } from './publisher-options.ts';
import { costOf, type QueuedEvent } from './queued-event.ts';
import { Reporter } from './reporter.ts';
import { SentBlobs } from './sent-blobs.ts';
import { fitEvent, shortestClose, withoutPayloads, type FittedEvent } from './shrink-event.ts';
import { snapshotJson } from './snapshot-json.ts';
import { TraceQueue } from './trace-queue.ts';

const MIB = 1024 * 1024;
/** Idle traces remembered, so that what comes late for them shares what they have had. */
const MOST_IDLE_TRACES = 1_000;
/** Bytes of one `putBlobs`. */
const RESEND_BYTES = 4 * MIB;

/**
 * Takes events from an agent and brings them to a log: in order for each trace, each once, at once
 * when idle and gathered under load. Never throws, never blocks, holds a bounded number of bytes,
 * and never keeps the process alive except while `flush` or `shutdown` is awaited.
 */
export class Publisher {
  readonly #exporter: PublisherOptions['exporter'];
  readonly #producer: string;
  readonly #delivery: Delivery;
  readonly #reporter: Reporter;
  readonly #sent: SentBlobs;
  readonly #waiters = new FlushWaiters();
  readonly #queues = new Map<TraceId, TraceQueue>();
  /** Blobs of payloads made for a trace's next event. */
  readonly #staged = new Map<TraceId, Blob[]>();
  readonly #gauge: QueueGauge;
  readonly #stopping = new AbortController();
  #queuedBytes = 0;
  #published = 0;
  #delivered = 0;
  #dropped: Losses = NO_LOSSES;
  #shutdown: Promise<boolean> | undefined;
  #closed = false;

  constructor(options: PublisherOptions) {
    const { exporter, maxQueueBytes = 32 * MIB, maxSentBytes = 8 * MIB } = options;
    this.#exporter = exporter;
    this.#producer = options.producer ?? `p-${randomUUID()}`;
    this.#reporter = new Reporter(options.onError);
    this.#sent = new SentBlobs(maxSentBytes);
    this.#gauge = { usedBytes: 0, maxBytes: maxQueueBytes };
    this.#delivery = new Delivery({
      exporter,
      producer: this.#producer,
      flushIntervalMs: options.flushIntervalMs ?? 5,
      retryBaseMs: options.retryBaseMs ?? 100,
      random: options.random ?? Math.random,
      signal: this.#stopping.signal,
      onDelivered: (queue, events) => this.#onDelivered(queue, events),
      onLost: (queue, events) => this.#onLost(queue, events),
      onStripped: (queue, before, after) => this.#onStripped(queue, before, after),
      onMissing: (queue) => this.#resend(queue.traceId),
      onFailure: (error) => this.#reporter.tell('delivery', error),
      onRecovery: () => this.#reporter.settle('delivery'),
    });
  }

  /**
   * Queues an event. Events of one trace reach the log in the order of these calls.
   *
   * @param blobs of the event's payloads, where they were not made with {@link Publisher.payload}
   */
  publish(traceId: TraceId, event: TraceEvent, blobs: readonly Blob[] = []): void {
    const staged = this.#staged.get(traceId) ?? [];
    this.#staged.delete(traceId);
    try {
      if (this.#closed) return this.#count(lossOf(event.type));
      if (!isTraceId(traceId))
        throw new SpantailError('TRACE_ID_INVALID', `"${String(traceId)}" is not a trace id`);
      this.#admit(this.#queue(traceId), event, [...staged, ...blobs]);
    } catch (error) {
      this.#count(lossOf(event?.type));
      this.#reporter.tell('event', error instanceof Error ? error : new Error(String(error)));
    }
  }

  /**
   * A value as a payload of a trace; its blobs go out with the trace's next event. The value is
   * read now and may change afterwards.
   */
  payload(traceId: TraceId, value: unknown): Payload {
    const { payload, blobs } = this.#build(value);
    if (blobs.length > 0) {
      const staged = this.#staged.get(traceId);
      if (staged === undefined) this.#staged.set(traceId, blobs);
      else staged.push(...blobs);
    }
    return payload;
  }

  /**
   * Resolves when everything published before this call is in the log or was given up: `true` when
   * the time sufficed. Never rejects.
   */
  async flush({ timeoutMs = 30_000 }: { timeoutMs?: number } = {}): Promise<boolean> {
    const targets = [...this.#queues.values()].filter((queue) => queue.hasWork);
    if (targets.length === 0) return true;
    const done = this.#waiters.wait(targets, timeoutMs);
    this.#delivery.hurry();
    return done;
  }

  /**
   * Flushes, then stops for good. What is still queued when the time is over is dropped, counted and
   * reported. `true` when nothing was. Never rejects; a second call gives the first one's promise.
   */
  shutdown({ timeoutMs = 10_000 }: { timeoutMs?: number } = {}): Promise<boolean> {
    this.#shutdown ??= this.#stop(timeoutMs);
    return this.#shutdown;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown().then(() => undefined);
  }

  get stats(): PublisherStats {
    return {
      queuedBytes: this.#queuedBytes,
      publishedEvents: this.#published,
      deliveredEvents: this.#delivered,
      dropped: { ...this.#dropped },
      failing: this.#delivery.failing,
    };
  }

  async #stop(timeoutMs: number): Promise<boolean> {
    const flushed = await this.flush({ timeoutMs });
    this.#closed = true;
    this.#stopping.abort(new SpantailError('GOING_AWAY', 'the publisher is shut down'));
    let abandoned = 0;
    for (const queue of this.#queues.values()) {
      const events = queue.abandon();
      abandoned += events.length;
      this.#onLost(queue, events);
    }
    if (abandoned > 0)
      this.#reporter.tell(
        'queue',
        new Error(`${abandoned} events were not delivered within ${timeoutMs} ms and are lost`),
      );
    await this.#exporter.close();
    return flushed && abandoned === 0;
  }

  #queue(traceId: TraceId): TraceQueue {
    const known = this.#queues.get(traceId);
    if (known !== undefined) return known;
    const queue = new TraceQueue(traceId);
    this.#queues.set(traceId, queue);
    if (this.#queues.size > MOST_IDLE_TRACES) this.#forgetIdle();
    return queue;
  }

  #admit(queue: TraceQueue, given: TraceEvent, blobs: readonly Blob[]): void {
    if (given.type !== 'open' && queue.refused.has(given.spanId)) {
      // Its start is not there: this would be a riddle to viewers, and a leak here.
      if (given.type === 'close') queue.refused.delete(given.spanId);
      return this.#lose(queue, lossOf(given.type));
    }
    const told = queue.takeLosses();
    const event = withDropped(given, told);
    const queued = this.#fit(queue, event, blobs);
    if (queued === undefined) {
      if (told !== undefined) queue.lose(told);
      if (given.type === 'open') queue.refused.add(given.spanId);
      return this.#refuse(queue, given);
    }
    if (given.type === 'open') this.#openSpan(queue, given.spanId);
    else if (given.type === 'close') this.#closeSpan(queue, given.spanId);
    for (const blob of queued.blobs) this.#sent.add(queue.traceId, blob);
    queue.push(queued);
    this.#published++;
    this.#use(queued.costBytes);
    this.#delivery.ring(queue);
  }

  /** The event as it fits into the queue now, maybe without its payloads; `undefined`: not at all. */
  #fit(queue: TraceQueue, event: TraceEvent, blobs: readonly Blob[]): QueuedEvent | undefined {
    const fitted = fitEvent(event);
    if (fitted === undefined) return undefined;
    if (fitted.payloadsLost > 0) return this.#fitStripped(queue, fitted.event, fitted.payloadsLost);
    const fresh = this.#fresh(queue.traceId, blobs);
    const costBytes = costOf(fitted.bytes, fresh);
    const { payloads } = withoutPayloads(event);
    if (payloads > 0 && !admitsPayload(this.#gauge, costBytes))
      return this.#fitStripped(queue, withoutPayloads(event).event, payloads);
    if (payloads === 0 && !this.#hasRoom(queue, event, costBytes))
      return this.#fitShortest(queue, event);
    return toQueued(event, fitted.bytes, fresh, payloads === 0 ? [] : refsOf(event));
  }

  #fitStripped(queue: TraceQueue, event: TraceEvent, payloads: number): QueuedEvent | undefined {
    const told = withDropped(event, { payloads });
    const fitted: FittedEvent | undefined = fitEvent(told);
    if (fitted === undefined) return undefined;
    if (!this.#hasRoom(queue, told, costOf(fitted.bytes, [])))
      return this.#fitShortest(queue, told);
    this.#count({ payloads });
    this.#reporter.tell(
      'queue',
      new Error('the queue is nearly full: inputs and outputs are left out'),
    );
    return toQueued(fitted.event, fitted.bytes, [], []);
  }

  /** The end of a span that was let in always gets through: its start paid for it. */
  #fitShortest(queue: TraceQueue, event: TraceEvent): QueuedEvent | undefined {
    if (event.type !== 'close' || !queue.open.has(event.spanId)) return undefined;
    const payloads = (event.output === undefined ? 0 : 1) + (event.dropped?.payloads ?? 0);
    const short = withDropped(shortestClose(event), { ...event.dropped, payloads });
    const fitted = fitEvent(short);
    if (fitted === undefined) return undefined;
    this.#count({ payloads });
    return toQueued(short, fitted.bytes, [], []);
  }

  #hasRoom(queue: TraceQueue, event: TraceEvent, costBytes: number): boolean {
    const isPaidFor = event.type === 'close' && queue.open.has(event.spanId);
    const gauge = isPaidFor
      ? { ...this.#gauge, usedBytes: this.#gauge.usedBytes - CLOSE_RESERVE_BYTES }
      : this.#gauge;
    return admitsEvent(gauge, event.type, costBytes);
  }

  #refuse(queue: TraceQueue, event: TraceEvent): void {
    this.#lose(queue, lossOf(event.type));
    const why =
      this.#gauge.usedBytes > this.#gauge.maxBytes / 2
        ? 'the queue is full'
        : 'it cannot be encoded';
    this.#reporter.tell('queue', new Error(`an event of ${queue.traceId} is dropped: ${why}`));
  }

  /** Those the trace has not had, each once. */
  #fresh(traceId: TraceId, blobs: readonly Blob[]): Blob[] {
    const fresh = new Map<string, Blob>();
    for (const blob of blobs)
      if (!this.#sent.has(traceId, blob.ref)) fresh.set(toHex(blob.ref), blob);
    return [...fresh.values()];
  }

  #build(value: unknown): BuiltPayload {
    try {
      if (typeof value === 'string') return buildPayload(value, hashBlob);
      return buildPayloadFromJson(snapshotJson(value), hashBlob);
    } catch (error) {
      // One part above the limit of a blob: say so in its place.
      this.#count({ payloads: 1 });
      const message = error instanceof Error ? error.message : String(error);
      this.#reporter.tell('event', new Error(`a payload is left out: ${message}`));
      return buildPayload(truncate(`[left out: ${message}]`, 200), hashBlob);
    }
  }

  #openSpan(queue: TraceQueue, spanId: string): void {
    if (queue.open.has(spanId)) return;
    queue.open.add(spanId);
    this.#gauge.usedBytes += CLOSE_RESERVE_BYTES;
  }

  #closeSpan(queue: TraceQueue, spanId: string): void {
    if (queue.open.delete(spanId)) this.#gauge.usedBytes -= CLOSE_RESERVE_BYTES;
  }

  #use(bytes: number): void {
    this.#queuedBytes += bytes;
    this.#gauge.usedBytes += bytes;
  }

  #onDelivered(queue: TraceQueue, events: readonly QueuedEvent[]): void {
    this.#delivered += events.length;
    for (const event of events) this.#use(-event.costBytes);
    this.#waiters.check(queue);
  }

  #onLost(queue: TraceQueue, events: readonly QueuedEvent[]): void {
    for (const { kind, dropped, blobs, costBytes } of events) {
      this.#use(-costBytes);
      this.#sent.forget(queue.traceId, blobs);
      if (dropped !== undefined) queue.lose(dropped);
      this.#lose(queue, lossOf(kind));
    }
    this.#waiters.check(queue);
  }

  #onStripped(queue: TraceQueue, before: QueuedEvent, after: QueuedEvent): void {
    this.#use(after.costBytes - before.costBytes);
    this.#sent.forget(queue.traceId, before.blobs);
    this.#lose(queue, { payloads: 1 });
  }

  #lose(queue: TraceQueue, dropped: Dropped): void {
    queue.lose(dropped);
    this.#count(dropped);
  }

  #count(dropped: Dropped): void {
    this.#dropped = addLosses(this.#dropped, dropped);
  }

  /** The log has lost blobs of this trace: send all that are still here. */
  async #resend(traceId: TraceId): Promise<void> {
    const blobs = this.#sent.recover(traceId);
    try {
      for (let from = 0; from < blobs.length;) {
        let to = from;
        let bytes = 0;
        while (to < blobs.length && (to === from || bytes < RESEND_BYTES))
          bytes += blobs[to++]?.bytes.byteLength ?? 0;
        const part = blobs.slice(from, to);
        await this.#exporter.putBlobs(this.#producer, traceId, part, this.#stopping.signal);
        from = to;
      }
    } catch (error) {
      // The next event that refers to one of them will find it missing again.
      this.#reporter.tell('delivery', error instanceof Error ? error : new Error(String(error)));
    }
  }

  #forgetIdle(): void {
    for (const [traceId, queue] of this.#queues) {
      if (this.#queues.size <= MOST_IDLE_TRACES / 2) return;
      if (!queue.idle) continue;
      this.#queues.delete(traceId);
      this.#sent.forgetTrace(traceId);
    }
  }
}

function withDropped(event: TraceEvent, more: Dropped | undefined): TraceEvent {
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
  const payload = event.type === 'close' ? event.output : event.input;
  return payload === undefined ? [] : payloadRefs(payload);
}
