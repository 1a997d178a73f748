import {
  SPAN_STATUSES,
  SPAN_TYPES,
  type CloseEvent,
  type Dropped,
  type OpenEvent,
  type SpanError,
  type SpanLink,
  type SpanLog,
  type TraceEvent,
  type UpdateEvent,
  type Usage,
} from '../event/event.ts';
import { LIMITS } from '../limits.ts';
import { plainAttributes } from './attributes.ts';
import { Fields } from './fields.ts';
import { readPayload } from './payload-fields.ts';
import { present } from './present.ts';
import { unpackMessage } from './unpack.ts';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
const WALK = { depth: LIMITS.depth, bytes: LIMITS.eventBytes };

/**
 * The event in these bytes. Strict about the fields it knows, blind to those it does not know; the
 * result shares no memory with `bytes`.
 *
 * @throws SpantailError `EVENT_INVALID` naming the field, `TOO_LARGE` above `LIMITS.eventBytes`
 */
export function decodeEvent(bytes: Uint8Array): TraceEvent {
  return readEvent(new Fields(unpackMessage(bytes, WALK), 'event', 'EVENT_INVALID'));
}

/** @throws SpantailError of the fields' code, naming the field by their path */
export function readEvent(fields: Fields): TraceEvent {
  switch (fields.oneOf('type', ['open', 'update', 'close'])) {
    case 'open':
      return readOpen(fields);
    case 'update':
      return readUpdate(fields);
    case 'close':
      return readClose(fields);
  }
}

function readOpen(fields: Fields): OpenEvent {
  return present({
    type: 'open' as const,
    spanId: fields.spanId('spanId'),
    parentSpanId: fields.optional('parentSpanId', (key) => fields.spanId(key)),
    name: fields.text('name', LIMITS.nameCharacters),
    spanType: fields.oneOf('spanType', SPAN_TYPES),
    startUs: fields.integer('startUs'),
    attributes: readAttributes(fields),
    input: readOptionalPayload(fields, 'input'),
    links: fields.optionalList('links', readLink),
    logs: fields.optionalList('logs', readLog),
    revision: fields.optionalInteger('revision'),
    dropped: readDropped(fields),
  });
}

function readUpdate(fields: Fields): UpdateEvent {
  return present({
    type: 'update' as const,
    spanId: fields.spanId('spanId'),
    seq: fields.integer('seq'),
    attributes: readAttributes(fields),
    outputDelta: fields.optionalText('outputDelta'),
    logs: fields.optionalList('logs', readLog),
    name: fields.optional('name', (key) => fields.text(key, LIMITS.nameCharacters)),
    spanType: fields.optionalOneOf('spanType', SPAN_TYPES),
    input: readOptionalPayload(fields, 'input'),
    output: readOptionalPayload(fields, 'output'),
    dropped: readDropped(fields),
  });
}

function readClose(fields: Fields): CloseEvent {
  return present({
    type: 'close' as const,
    spanId: fields.spanId('spanId'),
    endUs: fields.integer('endUs'),
    status: fields.oneOf('status', SPAN_STATUSES),
    error: fields.optional('error', (key) => readError(fields.inner(key))),
    output: readOptionalPayload(fields, 'output'),
    attributes: readAttributes(fields),
    usage: fields.optional('usage', (key) => readUsage(fields.inner(key))),
    reason: fields.optionalOneOf('reason', ['lost'] as const),
    dropped: readDropped(fields),
  });
}

function readAttributes(fields: Fields): OpenEvent['attributes'] {
  return fields.optional('attributes', (key) =>
    // The walk has counted the levels already.
    plainAttributes(fields.raw(key), `${fields.path}.${key}`, 1),
  );
}

function readOptionalPayload(fields: Fields, key: string): OpenEvent['input'] {
  return fields.optional(key, () => readPayload(fields.inner(key)));
}

function readLink(item: unknown, path: string): SpanLink {
  const link = new Fields(item, path, 'EVENT_INVALID');
  return present({
    traceId: link.traceId('traceId'),
    spanId: link.spanId('spanId'),
    attributes: readAttributes(link),
  });
}

function readLog(item: unknown, path: string): SpanLog {
  const log = new Fields(item, path, 'EVENT_INVALID');
  return present({
    timeUs: log.integer('timeUs'),
    message: log.text('message'),
    level: log.optionalOneOf('level', LEVELS),
    attributes: readAttributes(log),
  });
}

function readError(error: Fields): SpanError {
  return present({
    type: error.text('type'),
    message: error.text('message'),
    stack: error.optionalText('stack'),
  });
}

function readUsage(usage: Fields): Usage {
  return present({
    inputTokens: usage.optionalInteger('inputTokens'),
    outputTokens: usage.optionalInteger('outputTokens'),
    cachedInputTokens: usage.optionalInteger('cachedInputTokens'),
    reasoningTokens: usage.optionalInteger('reasoningTokens'),
    totalTokens: usage.optionalInteger('totalTokens'),
    costUsd: usage.optional('costUsd', (key) => usage.amount(key)),
  });
}

function readDropped(fields: Fields): Dropped | undefined {
  return fields.optional('dropped', (key) => {
    const dropped = fields.inner(key);
    return present({
      events: dropped.optionalInteger('events'),
      updates: dropped.optionalInteger('updates'),
      payloads: dropped.optionalInteger('payloads'),
    });
  });
}
