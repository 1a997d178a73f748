import type { Attributes, SpanLog, TimeUs, TraceEvent, TraceId } from '@spantail/protocol';
import { LIMITS } from '@spantail/protocol';
import type {
  RecordedAction,
  RecordedClose,
  RecordedOpen,
  RecordedUpdate,
  SpanKey,
} from '../recorded/action.ts';
import { limitAttributes, limitText, splitText } from './limit-text.ts';
import type { PlaySink } from './sink.ts';
import { spanIdOf } from './span-ids.ts';
import type { Timeline } from './timeline.ts';

interface OpenSpan {
  seq: number;
}

/** Publishes one run's actions as events of one trace, and knows which spans are open. */
export class TraceWriter {
  readonly traceId: TraceId;
  events = 0;
  spans = 0;
  readonly #sink: PlaySink;
  readonly #timeline: Timeline;
  readonly #service: string;
  /** Spans with the number of their next update. Kept after closing: late updates have one too. */
  readonly #spans = new Map<SpanKey, OpenSpan>();
  readonly #open = new Set<SpanKey>();

  constructor(sink: PlaySink, traceId: TraceId, service: string, timeline: Timeline) {
    this.#sink = sink;
    this.traceId = traceId;
    this.#service = service;
    this.#timeline = timeline;
  }

  write(action: RecordedAction): void {
    switch (action.type) {
      case 'open':
        return this.#writeOpen(action);
      case 'update':
        return this.#writeUpdate(action);
      case 'close':
        return this.#writeClose(action);
      default:
        return action satisfies never;
    }
  }

  /** Closes whatever is open, children ahead of their parents. */
  closeOpen(ending: Pick<RecordedClose, 'status' | 'error' | 'attributes'>, endUs: TimeUs): void {
    for (const key of [...this.#open].reverse()) {
      this.#open.delete(key);
      this.#publish({
        type: 'close',
        spanId: spanIdOf(key, this.traceId),
        endUs,
        ...ending,
      });
    }
  }

  #writeOpen(action: RecordedOpen): void {
    const { key, parentKey, name, spanType, startUs, input, links } = action;
    this.#spans.set(key, { seq: 0 });
    this.#open.add(key);
    this.spans++;
    const attributes = limitAttributes({
      ...action.attributes,
      ...(parentKey === undefined ? { 'service.name': this.#service } : {}),
    });
    this.#publish({
      type: 'open',
      spanId: spanIdOf(key, this.traceId),
      ...(parentKey === undefined ? {} : { parentSpanId: spanIdOf(parentKey, this.traceId) }),
      name: limitText(name, LIMITS.nameCharacters),
      spanType,
      startUs: this.#timeline(startUs),
      attributes,
      ...(input === undefined ? {} : { input: this.#sink.payload(this.traceId, input) }),
      ...(links === undefined ? {} : { links }),
    });
  }

  #writeUpdate(action: RecordedUpdate): void {
    const { key, attributes, outputDelta, logs, name, spanType, input } = action;
    const [delta, ...more] = outputDelta === undefined ? [] : splitText(outputDelta);
    this.#publishUpdate(key, {
      ...attributesField(attributes),
      ...(delta === undefined ? {} : { outputDelta: delta }),
      ...(logs === undefined ? {} : { logs: logs.map((log) => this.#log(log)) }),
      ...(name === undefined ? {} : { name: limitText(name, LIMITS.nameCharacters) }),
      ...(spanType === undefined ? {} : { spanType }),
      ...(input === undefined ? {} : { input: this.#sink.payload(this.traceId, input) }),
    });
    for (const piece of more) this.#publishUpdate(key, { outputDelta: piece });
  }

  #writeClose(action: RecordedClose): void {
    const { key, endUs, status, error, output, attributes, usage } = action;
    this.#open.delete(key);
    this.#publish({
      type: 'close',
      spanId: spanIdOf(key, this.traceId),
      endUs: this.#timeline(endUs),
      status,
      ...(error === undefined
        ? {}
        : {
            error: {
              type: error.type,
              message: limitText(error.message, ERROR_CHARACTERS),
              ...(error.stack === undefined ? {} : { stack: limitText(error.stack) }),
            },
          }),
      ...(output === undefined ? {} : { output: this.#sink.payload(this.traceId, output) }),
      ...attributesField(attributes),
      ...(usage === undefined ? {} : { usage }),
    });
  }

  #publishUpdate(
    key: SpanKey,
    fields: Omit<TraceEvent & { type: 'update' }, 'type' | 'spanId' | 'seq'>,
  ): void {
    const span = this.#spans.get(key);
    if (span === undefined) return;
    const spanId = spanIdOf(key, this.traceId);
    this.#publish({ type: 'update', spanId, seq: span.seq++, ...fields });
  }

  #log(log: SpanLog): SpanLog {
    return {
      ...log,
      timeUs: this.#timeline(log.timeUs),
      message: limitText(log.message),
      ...(log.attributes === undefined ? {} : { attributes: limitAttributes(log.attributes) }),
    };
  }

  #publish(event: TraceEvent): void {
    this.events++;
    this.#sink.publish(this.traceId, event);
  }
}

/** A failed tool's whole output is its output; its error message is the part one reads. */
const ERROR_CHARACTERS = 4_096;

/** Left out when empty: it is on every event. */
function attributesField(attributes: Attributes | undefined): { attributes?: Attributes } {
  if (attributes === undefined || Object.keys(attributes).length === 0) return {};
  return { attributes: limitAttributes(attributes) };
}
