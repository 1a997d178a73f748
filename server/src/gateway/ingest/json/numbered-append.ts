import {
  BESIDE_SEQ,
  START_POSITION,
  SpantailError,
  encodeEvent,
  type Batch,
} from '@spantail/protocol';
import type { AppendResult, EventLog, StreamName } from '../../../log/event-log.ts';
import type { JsonBatch } from './read-batches.ts';
import { UpdateNumbers } from './update-numbers.ts';

/** Spans whose numbers are remembered, in all traces; a trace that is forgotten is read again. */
const MOST_SPANS = 100_000;
const MOST_TRACES = 1_000;
/** Others may write to the trace between a reading and the append. */
const MOST_ATTEMPTS = 50;

/**
 * [IJ6] Appends batches with updates that have no `seq`. Each gets its span's next number, as of the
 * log's newest entry, and is appended only while that entry is the newest: so numbers have neither
 * holes nor repetitions, whichever gateways the requests come to.
 */
export class NumberedAppend {
  readonly #log: EventLog;
  readonly #project: string;
  readonly #numbers = new Map<string, UpdateNumbers>();
  /** The append of each trace that is under way. */
  readonly #lanes = new Map<string, Promise<unknown>>();

  constructor(log: EventLog, project: string) {
    this.#log = log;
    this.#project = project;
  }

  /** Batches of one trace in the order of the calls. `rest` is what does not depend on numbers. */
  append(batch: JsonBatch, rest: Omit<Batch, 'traceId' | 'events'>): Promise<AppendResult> {
    const { traceId } = batch;
    const before = this.#lanes.get(traceId) ?? Promise.resolve();
    const appending = before.then(() => this.#append(batch, rest));
    const lane = appending
      .catch(() => {})
      .finally(() => {
        if (this.#lanes.get(traceId) === lane) this.#lanes.delete(traceId);
      });
    this.#lanes.set(traceId, lane);
    return appending;
  }

  async #append(batch: JsonBatch, rest: Omit<Batch, 'traceId' | 'events'>): Promise<AppendResult> {
    const stream = { project: this.#project, streamId: batch.traceId };
    const numbers = this.#numbersOf(stream);
    let expectLast = numbers.position;
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const { events, nexts } = number(batch, numbers);
      const result = await this.#log.append(
        { ...stream, producer: batch.producer, ...rest, events },
        { expectLast },
      );
      if (result.outcome === 'appended') numbers.appended(result.position, nexts);
      if (result.outcome !== 'conflict') return result;
      const isNew = await numbers.readOn();
      // Nothing new, and yet not the newest: the log has let go of what the archive has.
      expectLast = isNew || expectLast === START_POSITION ? numbers.position : START_POSITION;
    }
    throw new SpantailError(
      'OVERLOADED',
      'others write to this run all the time; give its updates a seq, or send again',
    );
  }

  #numbersOf(stream: StreamName): UpdateNumbers {
    const { streamId } = stream;
    const numbers = this.#numbers.get(streamId) ?? new UpdateNumbers(this.#log, stream);
    // Behind all others: the first is the one that was not used for longest.
    this.#numbers.delete(streamId);
    this.#numbers.set(streamId, numbers);
    let spans = 0;
    for (const { size } of this.#numbers.values()) spans += size;
    for (const [key, { size }] of this.#numbers) {
      if (this.#numbers.size <= MOST_TRACES && spans <= MOST_SPANS) break;
      if (key === streamId) break;
      this.#numbers.delete(key);
      spans -= size;
    }
    return numbers;
  }
}

/** The batch's events, and what is next for each span behind them. */
function number(
  { events }: JsonBatch,
  numbers: UpdateNumbers,
): { events: Uint8Array[]; nexts: Map<string, number> } {
  const nexts = new Map<string, number>();
  const encoded = events.map((event) => {
    const { update } = event;
    if (update === undefined) return event.encoded;
    const next = nexts.get(update.spanId) ?? numbers.next(update.spanId);
    const seq = event.unnumbered ? next : update.seq;
    if (seq < BESIDE_SEQ) nexts.set(update.spanId, Math.max(next, seq + 1));
    return event.unnumbered ? encodeEvent({ ...update, seq }) : event.encoded;
  });
  return { events: encoded, nexts };
}
