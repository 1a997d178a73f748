import { Publisher, createExporter, type ExporterOptions } from '@spantail/agent';
import type { Payload, TraceEvent } from '@spantail/protocol';
import { onTestFinished } from 'vitest';
import { generateRun, type GeneratedRun } from '../generate-run.ts';
import type { Ledger } from './ledger.ts';

/** A publisher with short back-offs, shut down when the test is over. */
export function startAgent(
  url: string,
  random: () => number,
  options: ExporterOptions = {},
): Publisher {
  const publisher = new Publisher({
    exporter: createExporter(url, options),
    flushIntervalMs: 1,
    retryBaseMs: 4,
    random,
    // Outages are what these tests are about; what they do is told by the ledger.
    onError: () => {},
  });
  onTestFinished(async () => {
    await publisher.shutdown({ timeoutMs: 1_000 });
  });
  return publisher;
}

/** A generated run, published event by event, some of them with content of their own. */
export class ScriptedRun {
  readonly publisher: Publisher;
  readonly run: GeneratedRun;
  /** Payloads that refer to blobs, with the values they stand for. */
  readonly payloads: { payload: Payload; value: unknown }[] = [];
  readonly #ledger: Ledger;
  readonly #conversation: { role: string; content: string }[] = [];
  #next = 0;

  constructor(publisher: Publisher, seed: number, spans: number, ledger: Ledger) {
    this.publisher = publisher;
    this.run = generateRun(seed, { spans });
    this.#ledger = ledger;
  }

  get traceId(): string {
    return this.run.traceId;
  }

  get isDone(): boolean {
    return this.#next === this.run.events.length;
  }

  publishNext(): void {
    const event = this.run.events[this.#next++];
    if (event === undefined) return;
    const given = this.#withContent(event);
    this.#ledger.publish(this.traceId, given);
    this.publisher.publish(this.traceId, given);
  }

  /** Every seventh step is given the conversation so far, as agents do. */
  #withContent(event: TraceEvent): TraceEvent {
    if (event.type !== 'open' || this.#next % 7 !== 0) return event;
    this.#conversation.push({ role: 'user', content: `${event.name}: ${'word '.repeat(150)}` });
    const value = [...this.#conversation];
    const input = this.publisher.payload(this.traceId, value);
    this.payloads.push({ payload: input, value });
    return { ...event, input };
  }
}
