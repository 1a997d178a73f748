import type { SpanLog, TraceEvent } from '../event/event.ts';
import { closestName } from '../query/suggest.ts';
import { SpantailError } from '../wire/errors.ts';
import { readEvent } from './decode-event.ts';
import { Fields } from './fields.ts';
import { readIsoTimeUs } from './ingest-json-time.ts';

/** What a JSON event leaves to the server. */
export interface JsonEventContext {
  /** For times that are absent. */
  nowUs: number;
  /** The id that a text stands for; throws a SpantailError when it stands for none. */
  spanId: (text: string, path: string) => string;
  traceId: (text: string, path: string) => string;
}

/** One event as it was read from JSON. */
export interface JsonEvent {
  event: TraceEvent;
  /** An update without `seq`: its 0 stands for the span's next number. */
  unnumbered: boolean;
  /** Plain values, of which the event has no payloads yet. */
  payloads: { key: 'input' | 'output'; value: unknown }[];
}

const ALL = ['type', 'traceId', 'spanId', 'attributes', 'dropped'];
const FIELDS = {
  open: [
    ...ALL,
    'parentSpanId',
    'name',
    'spanType',
    'startUs',
    'startTime',
    'input',
    'links',
    'logs',
    'revision',
  ],
  update: [...ALL, 'seq', 'outputDelta', 'logs', 'name', 'spanType', 'input', 'output'],
  close: [...ALL, 'endUs', 'endTime', 'status', 'error', 'output', 'usage', 'reason'],
} as const;
type EventType = keyof typeof FIELDS;

/**
 * An event written by hand: the fields of the table of events with plain values, and defaults where
 * a default is honest. Unknown fields are refused, because a person's slip of the pen (`parent`)
 * would otherwise lose what they meant without a word.
 *
 * @param path how messages name the event
 * @throws SpantailError `EVENT_INVALID` naming the field
 */
export function readJsonEvent(value: unknown, path: string, context: JsonEventContext): JsonEvent {
  if (!isObject(value)) throw invalid(path, 'is not an object');
  const map = new Map<string, unknown>(Object.entries(value));
  const { type } = value;
  if (!isEventType(type)) throw invalid(`${path}.type`, 'is not one of open, update, close');
  refuseUnknownFields(map, FIELDS[type], path, `a field of ${type} events`);

  const payloads = takePayloads(map);
  readIds(map, path, context);
  readLists(map, path, context);
  for (const key of ['usage', 'dropped']) toMap(map, key);
  const unnumbered = type === 'update' && (map.get('seq') ?? undefined) === undefined;
  if (unnumbered) map.set('seq', 0);
  if (type === 'open') {
    setTime(map, 'startUs', 'startTime', path, context.nowUs);
    setDefault(map, 'spanType', 'step');
  } else if (type === 'close') {
    setTime(map, 'endUs', 'endTime', path, context.nowUs);
    readError(map);
    setDefault(map, 'status', map.has('error') ? 'error' : 'ok');
  }
  const event = readEvent(new Fields(map, path, 'EVENT_INVALID'));
  return { event, unnumbered, payloads };
}

/**
 * @param what what the known ones are
 * @throws SpantailError `EVENT_INVALID`
 */
export function refuseUnknownFields(
  map: ReadonlyMap<string, unknown>,
  known: readonly string[],
  path: string,
  what: string,
): void {
  for (const key of map.keys()) {
    if (known.includes(key)) continue;
    const near = closestName(key, known) ?? known.find((name) => name.startsWith(key));
    const hint = near === undefined ? `there are ${known.join(', ')}` : `did you mean "${near}"?`;
    const name = `${path === '' ? '' : `${path}.`}${key.slice(0, 60)}`;
    throw invalid(name, `is not ${what}; ${hint}`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEventType(type: unknown): type is EventType {
  return typeof type === 'string' && Object.hasOwn(FIELDS, type);
}

/** A payload's form is the server's business: people write the value. */
function takePayloads(map: Map<string, unknown>): JsonEvent['payloads'] {
  return (['input', 'output'] as const).flatMap((key) => {
    const value = map.get(key) ?? undefined;
    map.delete(key);
    return value === undefined ? [] : [{ key, value }];
  });
}

function readIds(map: Map<string, unknown>, path: string, context: JsonEventContext): void {
  for (const key of ['spanId', 'parentSpanId']) {
    const value = map.get(key) ?? undefined;
    if (value === undefined && key === 'parentSpanId') continue;
    if (typeof value !== 'string')
      throw invalid(`${path}.${key}`, value === undefined ? 'is missing' : 'is not text');
    map.set(key, context.spanId(value, `${path}.${key}`));
  }
}

function readLists(map: Map<string, unknown>, path: string, context: JsonEventContext): void {
  const { logs, links } = { logs: map.get('logs'), links: map.get('links') };
  if (Array.isArray(logs))
    map.set(
      'logs',
      logs.map((log: unknown, i) => readLog(log, `${path}.logs[${i}]`, context)),
    );
  if (Array.isArray(links))
    map.set(
      'links',
      links.map((link: unknown, i) => {
        if (!isObject(link)) return link;
        const fields = new Map<string, unknown>(Object.entries(link));
        for (const key of ['traceId', 'spanId'] as const) {
          const id = fields.get(key);
          if (typeof id === 'string')
            fields.set(key, context[key](id, `${path}.links[${i}].${key}`));
        }
        return fields;
      }),
    );
}

const LOG_FIELDS = ['timeUs', 'time', 'message', 'level', 'attributes'];

/** A text is a log with that message. */
function readLog(value: unknown, path: string, context: JsonEventContext): unknown {
  if (typeof value === 'string') value = { message: value } satisfies Partial<SpanLog>;
  if (!isObject(value)) return value;
  const map = new Map<string, unknown>(Object.entries(value));
  refuseUnknownFields(map, LOG_FIELDS, path, 'a field of logs');
  setTime(map, 'timeUs', 'time', path, context.nowUs);
  return map;
}

/** A text is an error with that message. */
function readError(map: Map<string, unknown>): void {
  const error = map.get('error') ?? undefined;
  if (error === undefined) map.delete('error');
  else if (typeof error === 'string')
    map.set(
      'error',
      new Map([
        ['type', 'error'],
        ['message', error],
      ]),
    );
  else if (isObject(error)) map.set('error', new Map(Object.entries({ type: 'error', ...error })));
}

function toMap(map: Map<string, unknown>, key: string): void {
  const value = map.get(key);
  if (isObject(value)) map.set(key, new Map(Object.entries(value)));
}

function setTime(
  map: Map<string, unknown>,
  key: string,
  isoKey: string,
  path: string,
  nowUs: number,
): void {
  const iso = map.get(isoKey) ?? undefined;
  map.delete(isoKey);
  if (iso === undefined) return setDefault(map, key, nowUs);
  if ((map.get(key) ?? undefined) !== undefined)
    throw invalid(`${path}.${isoKey}`, `is there beside ${key}; send one of them`);
  const timeUs = typeof iso === 'string' ? readIsoTimeUs(iso) : undefined;
  if (timeUs === undefined)
    throw invalid(
      `${path}.${isoKey}`,
      'is not a time with its zone, as 2026-11-26T14:00:00.123456Z is',
    );
  map.set(key, timeUs);
}

function setDefault(map: Map<string, unknown>, key: string, value: unknown): void {
  if ((map.get(key) ?? undefined) === undefined) map.set(key, value);
}

function invalid(path: string, what: string): SpantailError {
  return new SpantailError('EVENT_INVALID', `${path} ${what}`);
}
