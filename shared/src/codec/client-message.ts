import { isTraceId } from '../ids.ts';
import { parseCursor } from '../wire/cursor.ts';
import { SpantailError } from '../wire/errors.ts';
import {
  RUNS_STREAM,
  type ClientMessage,
  type Cursor,
  type RunsFilter,
  type StreamId,
} from '../wire/message.ts';

type JsonObject = Record<string, unknown>;

/** A message to the server as the JSON of one text frame. */
export function encodeClientMessage(message: ClientMessage): string {
  return JSON.stringify(message);
}

/**
 * The message in one text frame of a viewer. Fields that the type does not have are ignored.
 *
 * @throws SpantailError `BAD_MESSAGE` naming the field; `TRACE_ID_INVALID`, `CURSOR_INVALID`
 */
export function parseClientMessage(text: string): ClientMessage {
  const message = parseObject(text);
  switch (message.type) {
    case 'subscribe':
      return parseSubscribe(message);
    case 'unsubscribe':
      return { type: 'unsubscribe', streamId: parseStreamId(message.streamId) };
    case 'ping':
      return { type: 'ping' };
    default:
      throw bad(`"type" is ${quote(message.type)}, not subscribe, unsubscribe or ping`);
  }
}

/**
 * The stream that a frame which could not be parsed wanted to subscribe to, so that the answer can
 * name it; `undefined` when it does not say so.
 */
export function subscribedStream(text: string): StreamId | undefined {
  try {
    const { type, streamId } = parseObject(text);
    return type === 'subscribe' ? parseStreamId(streamId) : undefined;
  } catch {
    return undefined;
  }
}

function parseSubscribe(message: JsonObject): ClientMessage {
  const streamId = parseStreamId(message.streamId);
  const { after, payloads, filter } = message;
  if (payloads !== undefined && payloads !== 'inline' && payloads !== 'reference')
    throw bad(`"payloads" is ${quote(payloads)}, not inline or reference`);
  if (filter !== undefined && streamId !== RUNS_STREAM)
    throw bad(`"filter" goes only with streamId "${RUNS_STREAM}"`);
  return {
    type: 'subscribe',
    streamId,
    ...(after === undefined ? {} : { after: parseAfter(after) }),
    ...(payloads === undefined ? {} : { payloads }),
    ...(filter === undefined ? {} : { filter: parseFilter(filter) }),
  };
}

function parseObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SpantailError('BAD_MESSAGE', 'the text frame is not JSON', { cause });
  }
  if (!isObject(value)) throw bad('the text frame is not a JSON object');
  return value;
}

function parseStreamId(value: unknown): StreamId {
  if (value === RUNS_STREAM || isTraceId(value)) return value;
  if (typeof value !== 'string') throw bad(`"streamId" is ${quote(value)}, not text`);
  throw new SpantailError(
    'TRACE_ID_INVALID',
    `"streamId" is ${quote(value)}, neither 32 lower-case hex digits nor "${RUNS_STREAM}"`,
  );
}

function parseAfter(value: unknown): Cursor {
  if (typeof value === 'string' && parseCursor(value) !== undefined) return value;
  throw new SpantailError(
    'CURSOR_INVALID',
    `"after" is ${quote(value)}, not a cursor of this server; leave it out to start anew`,
  );
}

function parseFilter(value: unknown): RunsFilter {
  if (!isObject(value)) throw bad('"filter" is not an object');
  const { status, service, name } = value;
  const filter: RunsFilter = {};
  if (status !== undefined) {
    if (status !== 'running' && status !== 'ended')
      throw bad(`"filter.status" is ${quote(status)}, not running or ended`);
    filter.status = status;
  }
  if (service !== undefined) filter.service = parseText('filter.service', service);
  if (name !== undefined) filter.name = parseText('filter.name', name);
  return filter;
}

function parseText(path: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw bad(`"${path}" is ${quote(value)}, not text`);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What was sent, short enough to send back. */
function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function bad(message: string): SpantailError {
  return new SpantailError('BAD_MESSAGE', message);
}
