import {
  START_POSITION,
  calledLost,
  decodeEvent,
  decodeEventArray,
  leaseHolder,
  type SpanId,
  type TimeUs,
  type TraceEvent,
} from '@spantail/protocol';
import type { EventLog, LogEntry, StreamName } from '../log/event-log.ts';

/** A span that was opened and not closed. */
export interface OpenSpan {
  spanId: SpanId;
  startUs: TimeUs;
}

const READ = { maxEntries: 1_000, maxBytes: 4 * 1024 * 1024 };

/** Reads a whole stream for the spans that this producer opened and nobody closed. */
export async function readOpenSpans(
  log: EventLog,
  stream: StreamName,
  producer: string,
): Promise<OpenSpan[]> {
  const spans = new OpenSpans(producer);
  let after = START_POSITION;
  for (;;) {
    const entries = await log.read(stream, { after, ...READ });
    for (const entry of entries) spans.take(entry);
    const last = entries.at(-1);
    if (last === undefined) return spans.open();
    after = last.position;
  }
}

/** Who opened what, as far as one producer is concerned. */
export class OpenSpans {
  readonly #producer: string;
  readonly #opened = new Map<SpanId, TimeUs>();
  readonly #closed = new Set<SpanId>();
  /** Closed in the producer's stead. Should it be heard of again, they are open again. */
  readonly #lost = new Set<SpanId>();

  constructor(producer: string) {
    this.#producer = producer;
  }

  take(entry: LogEntry): void {
    const isOwn = leaseHolder(entry.producer) === this.#producer;
    if (isOwn) this.#lost.clear();
    const closed = calledLost(entry.producer) === this.#producer ? this.#lost : this.#closed;
    for (const event of eventsOf(entry)) {
      if (event.type === 'close') closed.add(event.spanId);
      else if (event.type === 'open' && isOwn) this.#opened.set(event.spanId, event.startUs);
    }
  }

  open(): OpenSpan[] {
    const spans: OpenSpan[] = [];
    for (const [spanId, startUs] of this.#opened)
      if (!this.#closed.has(spanId) && !this.#lost.has(spanId)) spans.push({ spanId, startUs });
    return spans;
  }
}

function* eventsOf(entry: LogEntry): Generator<TraceEvent> {
  for (const encoded of decodeEventArray(entry.events)) {
    try {
      yield decodeEvent(encoded);
    } catch {
      // An event that nobody can read opens and closes nothing.
    }
  }
}
