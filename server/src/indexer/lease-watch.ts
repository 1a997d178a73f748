import { setTimeout as pause } from 'node:timers/promises';
import { SpantailError, encodeEvent, lostProducer } from '@spantail/protocol';
import type { Archive } from '../archive/archive.ts';
import { ArchivedLog } from '../archive/archived-log.ts';
import type { EventLog, LapsedLease, StreamName } from '../log/event-log.ts';
import {
  afterBreak,
  judgeLapsed,
  leaseKey,
  newJudge,
  type JudgeOptions,
  type LeaseJudge,
} from './lease-judge.ts';
import { readOpenSpans, type OpenSpan } from './open-spans.ts';

export interface LeaseWatchOptions extends Partial<JudgeOptions> {
  log: EventLog;
  /** Has what the log has let go of long runs. */
  archive?: Archive;
  /**
   * The spans that this producer opened in the stream and nobody closed, as of its newest entry.
   * Default: reads the whole stream.
   */
  openSpansOf?: (stream: StreamName, producer: string) => Promise<OpenSpan[]>;
  /** How often lapsed leases are looked for. Default 1,000. */
  everyMs?: number;
  /** Told of faults that are not outages of the log. Default: nobody. */
  onError?: (error: unknown) => void;
}

const MOST_LAPSED = 1_000;
/** Streams read at once. */
const MOST_CLOSING = 8;
/** A stream that cannot be closed is tried again after this. */
const FAULT_MS = 60_000;

/**
 * Calls dead publishers dead: closes what was left open by one whose lease has lapsed. Any number
 * of these may watch one log; the log lets one of them write.
 */
export class LeaseWatch {
  readonly #log: EventLog;
  readonly #everyMs: number;
  readonly #judging: JudgeOptions;
  readonly #openSpansOf: (stream: StreamName, producer: string) => Promise<OpenSpan[]>;
  readonly #onError: (error: unknown) => void;
  readonly #stop = new AbortController();
  readonly #waiting = new Map<string, LapsedLease>();
  readonly #closing = new Map<string, Promise<void>>();
  readonly #notBeforeMs = new Map<string, number>();
  #judge: LeaseJudge = newJudge(0);
  #done: Promise<void> | undefined;

  constructor(options: LeaseWatchOptions) {
    const { log, archive, everyMs = 1_000 } = options;
    const history = archive === undefined ? log : new ArchivedLog(log, archive);
    this.#log = log;
    this.#everyMs = everyMs;
    this.#judging = {
      mostGapMs: options.mostGapMs ?? 2 * everyMs,
      settleMs: options.settleMs ?? 3_000,
      confirmMs: options.confirmMs ?? 900,
    };
    this.#openSpansOf =
      options.openSpansOf ?? ((stream, producer) => readOpenSpans(history, stream, producer));
    this.#onError = options.onError ?? (() => {});
  }

  start(): void {
    this.#done ??= this.#watch();
  }

  /** Finishes what is in hand; the rest is left to the next one. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#done;
    await Promise.all(this.#closing.values());
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stop;
    this.#judge = newJudge(performance.now());
    const forget = this.#log.onReconnect(() => this.#break());
    while (!signal.aborted) {
      try {
        const lapsed = await this.#log.lapsed(MOST_LAPSED);
        this.#take(lapsed);
      } catch (error) {
        this.#break();
        if (!isOutage(error)) this.#onError(error);
      }
      await pause(this.#everyMs, null, { signal }).catch(() => {});
    }
    forget();
  }

  #break(): void {
    this.#judge = afterBreak(this.#judge, performance.now());
    this.#waiting.clear();
  }

  #take(lapsed: readonly LapsedLease[]): void {
    const nowMs = performance.now();
    const { judge, dead } = judgeLapsed(this.#judge, lapsed, nowMs, this.#judging);
    this.#judge = judge;
    for (const lease of dead) {
      const key = leaseKey(lease);
      if (!this.#closing.has(key) && (this.#notBeforeMs.get(key) ?? 0) <= nowMs)
        this.#waiting.set(key, lease);
    }
    for (const [key, untilMs] of this.#notBeforeMs)
      if (untilMs <= nowMs) this.#notBeforeMs.delete(key);
    this.#closeNext();
  }

  #closeNext(): void {
    for (const [key, lease] of this.#waiting) {
      if (this.#closing.size >= MOST_CLOSING || this.#stop.signal.aborted) return;
      this.#waiting.delete(key);
      const closing = this.#close(lease)
        .catch((error: unknown) => {
          // An outage: it will be found again.
          if (isOutage(error)) return;
          this.#notBeforeMs.set(key, performance.now() + FAULT_MS);
          this.#onError(error);
        })
        .finally(() => {
          this.#closing.delete(key);
          this.#closeNext();
        });
      this.#closing.set(key, closing);
    }
  }

  /** Written only if the producer was not heard of up to that moment. */
  async #close(lease: LapsedLease): Promise<void> {
    const { project, streamId, producer, lapsedAtMs, seenAtMs } = lease;
    const stream = { project, streamId };
    const spans = await this.#openSpansOf(stream, producer);
    const message = `not heard of since ${new Date(seenAtMs).toISOString()}`;
    await this.#log.append(
      {
        ...stream,
        producer: lostProducer(producer),
        number: lapsedAtMs,
        fin: true,
        events: spans.map(({ spanId, startUs }) =>
          encodeEvent({
            type: 'close',
            spanId,
            // Clocks differ: by the publisher's, it may not even have begun.
            endUs: Math.max(startUs, seenAtMs * 1_000),
            status: 'error',
            error: { type: 'lost', message },
            reason: 'lost',
          }),
        ),
        blobs: [],
        refs: [],
      },
      { ifLapsed: producer },
    );
  }
}

function isOutage(error: unknown): boolean {
  return error instanceof SpantailError && error.code === 'LOG_UNAVAILABLE';
}
