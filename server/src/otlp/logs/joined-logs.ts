import { LRUCache } from 'lru-cache';
import {
  BESIDE_SEQ,
  toNormalForm,
  type Attributes,
  type OtelEvent,
  type SpanLog,
  type UpdateEvent,
} from '@spantail/protocol';
import { groupBy } from '../group-by.ts';
import type { SpanLogRecord } from '../request.ts';
import { encodeUpdate, type EncodedEvent } from '../spans/encode-span.ts';

/** Spans whose records are remembered, and records of one. */
const MOST_SPANS = 10_000;
const MOST_RECORDS = 200;

/** The one record of the GenAI conventions that has a whole call's contents in its attributes. */
const DETAILS = 'gen_ai.client.inference.operation.details';

/** What has come of one span. */
interface Joined {
  events: OtelEvent[];
  /** Attributes of records that describe the whole call. */
  attributes: Attributes;
  /** Updates written. */
  count: number;
}

/**
 * Joins log records to their spans. GenAI messages come as one record each, so the input grows with
 * every one: each update has all of it as far as it came, and the newest counts.
 */
export class JoinedLogs {
  readonly #spans = new LRUCache<string, Joined>({ max: MOST_SPANS });

  /** Updates for the spans that the records of one trace name. */
  join(records: readonly SpanLogRecord[]): EncodedEvent[] {
    const bySpan = groupBy(records, ({ spanId }) => spanId);
    return [...bySpan].flatMap(([spanId, list]) => {
      const { update, input, output } = this.#update(spanId, list);
      return update === undefined ? [] : [encodeUpdate(update, input, output)];
    });
  }

  #update(spanId: string, records: readonly SpanLogRecord[]) {
    const traceId = records[0]?.traceId ?? '';
    const key = `${traceId}${spanId}`;
    const joined = this.#spans.get(key) ?? { events: [], attributes: {}, count: 0 };
    this.#spans.set(key, joined);
    const logs: SpanLog[] = [];
    for (const record of records) logs.push(...take(joined, record));
    const normal = toNormalForm({
      traceId,
      spanId,
      name: '',
      startUs: 0,
      status: 'unset',
      attributes: joined.attributes,
      events: joined.events,
      links: [],
      resource: {},
    });
    const { input, output, attributes } = normal;
    const says =
      input !== undefined ||
      output !== undefined ||
      logs.length > 0 ||
      Object.keys(attributes).length > 0;
    if (!says) return {};
    const update: UpdateEvent = {
      type: 'update',
      spanId,
      seq: BESIDE_SEQ + joined.count++,
      ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
      ...(logs.length === 0 ? {} : { logs }),
    };
    return { update, input, output };
  }
}

/** What becomes content is remembered; the rest is a line of the span's log. */
function take(joined: Joined, { event, severity }: SpanLogRecord): SpanLog[] {
  const { name, attributes, timeUs } = event;
  if (name === DETAILS) {
    Object.assign(joined.attributes, attributes);
    return [];
  }
  if (isContent(name)) {
    if (joined.events.length < MOST_RECORDS) joined.events.push(event);
    return [];
  }
  const level = isException(name) ? 'error' : severity;
  return [
    {
      timeUs,
      message: isException(name) ? exceptionText(name, attributes) : name,
      ...(level === undefined ? {} : { level }),
      ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
    },
  ];
}

/** The GenAI conventions' messages. */
function isContent(name: string): boolean {
  return name.startsWith('gen_ai.') && !isException(name);
}

function isException(name: string): boolean {
  return name === 'exception' || name.endsWith('.exception');
}

function exceptionText(name: string, attributes: Attributes): string {
  const { 'exception.type': type, 'exception.message': message } = attributes;
  return [type, message].filter((text) => typeof text === 'string').join(': ') || name;
}
