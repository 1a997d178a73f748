import { randomUUID } from 'node:crypto';
import {
  SpantailError,
  buildPayload,
  buildPayloadFromJson,
  isTraceId,
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
import { UntracedExporter } from '../exporter/untraced-exporter.ts';
import { BlobCache } from './blob-cache.ts';
import { Delivery } from './delivery.ts';
import { FlushWaiters } from './flush-waiters.ts';
import { hashBlob } from './hash-blob.ts';
import { Intake, withDropped } from './intake.ts';
import { LeaseKeeper, leaseMsOf } from './lease-keeper.ts';
import { NO_LOSSES, addLosses, lossOf, type Losses } from './losses.ts';
import type { PublisherOptions, PublisherStats } from './publisher-options.ts';
import type { QueuedEvent } from './queued-event.ts';
import { Reporter } from './reporter.ts';
import { SentBlobs } from './sent-blobs.ts';
import { snapshotJson } from './snapshot-json.ts';
import { TraceQueue } from './trace-queue.ts';

const MIB = 1024 * 1024;
/** Idle traces remembered, so that what comes late for them shares what they have had. */
const MOST_IDLE_TRACES = 1_000;
/** Of messages seen lately, and their blobs. */
const CACHE_BYTES = 8 * MIB;
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
  readonly #leaseMs: number | undefined;
  readonly #reporter: Reporter;
  readonly #sent: SentBlobs;
  readonly #blobs = new BlobCache(CACHE_BYTES);
  readonly #waiters = new FlushWaiters();
  readonly #queues = new Map<TraceId, TraceQueue>();
  /** Blobs of payloads made for a trace's next event. */
  readonly #staged = new Map<TraceId, Blob[]>();
  readonly #intake: Intake;
  readonly #stopping = new AbortController();
  #published = 0;
  #delivered = 0;
  #dropped: Losses = NO_LOSSES;
  #shutdown: Promise<boolean> | undefined;
  #closed = false;

  constructor(options: PublisherOptions) {
    const { maxQueueBytes = 32 * MIB, maxSentBytes = 8 * MIB } = options;
    const exporter = new UntracedExporter(options.exporter);
    this.#exporter = exporter;
    this.#producer = options.producer ?? `p-${randomUUID()}`;
    this.#reporter = new Reporter(options.onError);
    this.#sent = new SentBlobs(maxSentBytes);
    this.#intake = new Intake(maxQueueBytes, this.#sent, {
      onLoss: (dropped) => this.#count(dropped),
      onFull: (why) => this.#reporter.tell('queue', new Error(why)),
    });
    this.#leaseMs = leaseMsOf(options.leaseMs);
    const leases = new LeaseKeeper({
      exporter,
      producer: this.#producer,
      signal: this.#stopping.signal,
      onFailure: (error) => this.#reporter.tell('delivery', error),
    });
    this.#delivery = new Delivery({
      exporter,
      producer: this.#producer,
      flushIntervalMs: options.flushIntervalMs ?? 2,
      retryBaseMs: options.retryBaseMs ?? 100,
      random: options.random ?? Math.random,
      signal: this.#stopping.signal,
      onAccepted: (queue, batch, sentAtMs) => leases.accepted(queue, batch, sentAtMs),
      onDelivered: (queue, events) => this.#onDelivered(queue, events),
      onLost: (queue, events) => this.#onLost(queue, events),
      onStripped: (queue, before, after) => this.#onStripped(queue, before, after),
      onMissing: (queue, refs) => this.#resend(queue, refs),
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
      queuedBytes: this.#intake.queuedBytes,
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
        new Error(`${abandoned} events were not delivered in time and are lost`),
      );
    await this.#exporter.close();
    return flushed && abandoned === 0;
  }

  #queue(traceId: TraceId): TraceQueue {
    const known = this.#queues.get(traceId);
    if (known !== undefined) return known;
    const queue = new TraceQueue(traceId, this.#leaseMs);
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
    const queued = this.#intake.fit(queue, event, blobs);
    if (queued === undefined) {
      if (told !== undefined) queue.lose(told);
      if (given.type === 'open') queue.refused.add(given.spanId);
      return this.#refuse(queue, given);
    }
    if (given.type === 'open') this.#intake.openSpan(queue, given.spanId);
    else if (given.type === 'close') this.#intake.closeSpan(queue, given.spanId);
    for (const blob of queued.blobs) this.#sent.add(queue.traceId, blob);
    queue.push(queued);
    this.#published++;
    this.#intake.use(queued.costBytes);
    this.#delivery.ring(queue);
  }

  #refuse(queue: TraceQueue, event: TraceEvent): void {
    this.#lose(queue, lossOf(event.type));
    const why = this.#intake.isCrowded ? 'too much is waiting to be sent' : 'it cannot be encoded';
    this.#reporter.tell('queue', new Error(`an event of ${queue.traceId} is dropped: ${why}`));
  }

  #build(value: unknown): BuiltPayload {
    try {
      if (typeof value === 'string') return buildPayload(value, hashBlob);
      return buildPayloadFromJson(snapshotJson(value), hashBlob, this.#blobs.blobOf);
    } catch (error) {
      // One part above the limit of a blob: say so in its place.
      this.#count({ payloads: 1 });
      const message = error instanceof Error ? error.message : String(error);
      this.#reporter.tell('event', new Error(`a payload is left out: ${message}`));
      return buildPayload(truncate(`[left out: ${message}]`, 200), hashBlob);
    }
  }

  #onDelivered(queue: TraceQueue, events: readonly QueuedEvent[]): void {
    this.#delivered += events.length;
    for (const event of events) this.#intake.use(-event.costBytes);
    this.#waiters.check(queue);
  }

  #onLost(queue: TraceQueue, events: readonly QueuedEvent[]): void {
    for (const { kind, dropped, blobs, costBytes } of events) {
      this.#intake.use(-costBytes);
      this.#sent.forget(queue.traceId, blobs);
      if (dropped !== undefined) queue.lose(dropped);
      this.#lose(queue, lossOf(kind));
    }
    this.#waiters.check(queue);
  }

  #onStripped(queue: TraceQueue, before: QueuedEvent, after: QueuedEvent): void {
    this.#intake.use(after.costBytes - before.costBytes);
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
  async #resend(queue: TraceQueue, missing: readonly BlobRef[]): Promise<boolean> {
    const { traceId } = queue;
    const blobs = this.#sent.recover(traceId);
    try {
      for (const part of inParts(blobs, RESEND_BYTES))
        await this.#exporter.putBlobs(this.#producer, traceId, part, this.#stopping.signal);
    } catch (error) {
      this.#reporter.tell('delivery', error instanceof Error ? error : new Error(String(error)));
      return false;
    }
    const here = new Set(blobs.map(({ ref }) => toHex(ref)));
    const gone = missing.filter((ref) => !here.has(toHex(ref))).length;
    if (gone > 0) this.#lose(queue, { payloads: gone });
    return true;
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

function inParts(blobs: readonly Blob[], maxBytes: number): Blob[][] {
  const parts: Blob[][] = [];
  let part: Blob[] = [];
  let bytes = 0;
  for (const blob of blobs) {
    if (part.length === 0 || bytes + blob.bytes.byteLength > maxBytes) {
      part = [];
      parts.push(part);
      bytes = 0;
    }
    part.push(blob);
    bytes += blob.bytes.byteLength;
  }
  return parts;
}
