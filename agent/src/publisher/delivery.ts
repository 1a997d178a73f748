import {
  SpantailError,
  backoffMs,
  decodeEvent,
  encodeEvent,
  withoutPayloads,
  type Batch,
  type BlobRef,
} from '@spantail/protocol';
import type { ExportResult, Exporter } from '../exporter/exporter.ts';
import { costOf, type QueuedEvent } from './queued-event.ts';
import type { TraceQueue } from './trace-queue.ts';

/** What becomes of events, told to the publisher that queued them. */
export interface DeliveryEvents {
  /** The log has the batch, or had it already; it was sent at this time of `performance.now`. */
  onAccepted(queue: TraceQueue, batch: Batch, sentAtMs: number): void;
  onDelivered(queue: TraceQueue, events: readonly QueuedEvent[]): void;
  /** Given up: the log will never take these. */
  onLost(queue: TraceQueue, events: readonly QueuedEvent[]): void;
  /** An event goes on without its payloads: `after` takes the place of `before`. */
  onStripped(queue: TraceQueue, before: QueuedEvent, after: QueuedEvent): void;
  /** The log lost these: sends again what is still here. `false`: that failed, and may not next time. */
  onMissing(queue: TraceQueue, refs: readonly BlobRef[]): Promise<boolean>;
  onFailure(error: Error): void;
  onRecovery(): void;
}

export interface DeliveryOptions extends DeliveryEvents {
  exporter: Exporter;
  producer: string;
  flushIntervalMs: number;
  retryBaseMs: number;
  random: () => number;
  /** Aborted: nothing more is sent. */
  signal: AbortSignal;
}

const MAX_RETRY_MS = 5_000;
const BATCH_EVENTS = 5_000;
const BATCH_BYTES = 2 * 1024 * 1024;
const REQUEST_BYTES = 8 * 1024 * 1024;
/** A server or proxy that takes less than this in one request cannot be worked with. */
const LEAST_REQUEST_BYTES = 64 * 1024;
const REQUEST_BATCHES = 256;
/** Blobs that cannot be sent again must not hold up for ever what comes behind them. */
const MOST_RESTORE_FAILURES = 8;

/**
 * Carries batches to the exporter, one request at a time. Numbers are counted over all traces, so
 * that a trace can be forgotten when it is idle: holes are allowed, going back is not.
 *
 *   idle ──ring──▶ scheduled ──▶ sending ──answered──▶ idle, or scheduled again
 *                     ▲              │ failed
 *                     └─ back-off ───┘          (same number, same bytes)
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #ready = new Set<TraceQueue>();
  #phase: 'idle' | 'scheduled' | 'sending' = 'idle';
  #timer: NodeJS.Timeout | NodeJS.Immediate | undefined;
  #startedAtMs = Number.NEGATIVE_INFINITY;
  /** When the scheduled flush is due, the interval apart. */
  #dueMs = 0;
  #number = 0;
  #requestBytes = REQUEST_BYTES;
  #failing = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  get failing(): boolean {
    return this.#failing;
  }

  /** The queue has work. */
  ring(queue: TraceQueue): void {
    this.#ready.add(queue);
    // Another trace's back-off must not hold this one up.
    if (this.#phase === 'scheduled' && queue.notBeforeMs < this.#dueMs) this.#cancel();
    if (this.#phase === 'idle') this.#schedule();
  }

  /** Does not wait for the interval or a back-off: somebody waits for the result. */
  hurry(): void {
    for (const queue of this.#ready) queue.notBeforeMs = 0;
    this.#startedAtMs = Number.NEGATIVE_INFINITY;
    if (this.#phase === 'sending') return;
    this.#cancel();
    this.#schedule();
  }

  #cancel(): void {
    if (this.#phase !== 'scheduled') return;
    clearTimeout(this.#timer as NodeJS.Timeout);
    clearImmediate(this.#timer as NodeJS.Immediate);
    this.#phase = 'idle';
  }

  #schedule(): void {
    if (this.#ready.size === 0 || this.#options.signal.aborted) return;
    this.#phase = 'scheduled';
    const nowMs = performance.now();
    let dueMs = Number.POSITIVE_INFINITY;
    for (const queue of this.#ready) {
      dueMs = Math.min(dueMs, queue.notBeforeMs);
      if (dueMs <= nowMs) break;
    }
    this.#dueMs = dueMs;
    const waitMs = Math.max(dueMs, this.#startedAtMs + this.#options.flushIntervalMs) - nowMs;
    const run = (): void => {
      void this.#send();
    };
    // Neither keeps the agent's process alive.
    if (waitMs <= 0) this.#timer = setImmediate(run);
    else this.#timer = setTimeout(run, waitMs).unref();
  }

  async #send(): Promise<void> {
    this.#phase = 'sending';
    this.#startedAtMs = performance.now();
    const queues = this.#collect();
    if (queues.length > 0) await this.#export(queues);
    this.#phase = 'idle';
    this.#schedule();
  }

  /** Batches of as many traces as fit into one request, in turn. */
  #collect(): { queue: TraceQueue; batch: Batch }[] {
    const nowMs = performance.now();
    const taken: { queue: TraceQueue; batch: Batch }[] = [];
    let bytes = 0;
    for (const queue of this.#ready) {
      if (taken.length >= REQUEST_BATCHES || bytes >= this.#requestBytes) break;
      if (queue.notBeforeMs > nowMs) continue;
      this.#ready.delete(queue);
      const batch = queue.take(() => ++this.#number, {
        maxEvents: BATCH_EVENTS,
        maxBytes: Math.min(BATCH_BYTES, this.#requestBytes),
      });
      if (batch === undefined) continue;
      taken.push({ queue, batch });
      bytes += sizeOf(batch);
    }
    return taken;
  }

  async #export(taken: { queue: TraceQueue; batch: Batch }[]): Promise<void> {
    const { exporter, producer, signal } = this.#options;
    const batches = taken.map(({ batch }) => batch);
    const sentAtMs = this.#startedAtMs;
    let results: ExportResult[];
    try {
      results = await exporter.export(producer, batches, signal);
    } catch (error) {
      if (signal.aborted) return;
      this.#failed(error instanceof Error ? error : new Error(String(error)));
      for (const { queue } of taken) this.#backOff(queue);
      return;
    }
    const tooLarge = results.some((result) => isTooLarge(result));
    if (tooLarge) this.#takeLess(batches);
    for (const [i, { queue, batch }] of taken.entries()) {
      const result = results[i];
      if (result === undefined) this.#backOff(queue);
      else if (result.outcome !== 'refused') this.#options.onAccepted(queue, batch, sentAtMs);
      if (result !== undefined) await this.#answer(queue, batch, result, batches.length > 1);
      if (queue.hasWork && !signal.aborted) this.#ready.add(queue);
    }
  }

  async #answer(
    queue: TraceQueue,
    batch: Batch,
    result: ExportResult,
    hadCompany: boolean,
  ): Promise<void> {
    if (result.outcome !== 'refused') {
      if (this.#failing) this.#options.onRecovery();
      this.#failing = false;
      // Not settled before: who waits for the events waits for their content, too. The same batch
      // again is a duplicate, and its answer says anew what is missing.
      const restored =
        result.missing.length === 0 || (await this.#options.onMissing(queue, result.missing));
      if (!restored && ++queue.restoreFailures < MOST_RESTORE_FAILURES) this.#backOff(queue);
      else this.#options.onDelivered(queue, queue.settle());
      return;
    }
    const error = new SpantailError('BATCH_INVALID', `${result.code}: ${result.message}`);
    if (result.retry) {
      this.#failed(new Error(`events are not taken: ${error.message}`));
      this.#backOff(queue, result.retryAfterMs);
      return;
    }
    this.#options.onFailure(
      new Error(`the log refused events of ${queue.traceId}: ${error.message}`),
    );
    if (isTooLarge(result) && (hadCompany || batch.events.length > 1))
      queue.putBack((event) => event);
    else if (isTooLarge(result)) this.#strip(queue);
    else this.#sortOut(queue, batch);
  }

  /** One event alone is too large for what lies between here and the log. */
  #strip(queue: TraceQueue): void {
    const lost = queue.putBack((before) => {
      if (before.blobs.length === 0) return undefined;
      const { event } = withoutPayloads(decodeEvent(before.bytes));
      const bytes = encodeEvent(event);
      const after = { ...before, bytes, blobs: [], refs: [], costBytes: costOf(bytes, []) };
      this.#options.onStripped(queue, before, after);
      return after;
    });
    this.#options.onLost(queue, lost);
  }

  /** Something in the batch is malformed: what is good goes again, without it. */
  #sortOut(queue: TraceQueue, batch: Batch): void {
    // Nothing that can be seen from here: the same batch again would be refused for ever.
    const lost = batch.events.every(isReadable)
      ? queue.settle()
      : queue.putBack((event) => (isReadable(event.bytes) ? event : undefined));
    this.#options.onLost(queue, lost);
  }

  #takeLess(batches: readonly Batch[]): void {
    let bytes = 0;
    for (const batch of batches) bytes += sizeOf(batch);
    this.#requestBytes = Math.max(
      LEAST_REQUEST_BYTES,
      Math.floor(Math.min(bytes, this.#requestBytes) / 2),
    );
  }

  #failed(error: Error): void {
    this.#failing = true;
    this.#options.onFailure(error);
  }

  #backOff(queue: TraceQueue, retryAfterMs = 0): void {
    const { retryBaseMs, random } = this.#options;
    const waitMs = backoffMs(queue.failures++, random(), {
      baseMs: retryBaseMs,
      maxMs: MAX_RETRY_MS,
    });
    // Spread behind a wait that the server asked for, too: it asked everyone for the same.
    queue.notBeforeMs = performance.now() + retryAfterMs + waitMs;
    if (!this.#options.signal.aborted) this.#ready.add(queue);
  }
}

function sizeOf(batch: Batch): number {
  let bytes = 0;
  for (const event of batch.events) bytes += event.byteLength;
  for (const blob of batch.blobs) bytes += blob.bytes.byteLength;
  return bytes;
}

function isTooLarge(result: ExportResult): boolean {
  return result.outcome === 'refused' && !result.retry && result.code === 'TOO_LARGE';
}

function isReadable(bytes: Uint8Array): boolean {
  try {
    decodeEvent(bytes);
    return true;
  } catch {
    return false;
  }
}
