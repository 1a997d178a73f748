import { messageType } from './schema.ts';

/** Plain values; a bigint is an int64, a Buffer bytes. */
export type PlainValue =
  | null
  | string
  | boolean
  | number
  | bigint
  | Buffer
  | PlainValue[]
  | { [key: string]: PlainValue };

export interface PlainSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name?: string;
  kind?: number;
  startNanos?: bigint;
  endNanos?: bigint;
  status?: { code?: number; message?: string };
  attributes?: Record<string, PlainValue>;
  events?: { nanos: bigint; name: string; attributes?: Record<string, PlainValue> }[];
  links?: { traceId: string; spanId: string; attributes?: Record<string, PlainValue> }[];
  flags?: number;
}

export interface PlainRecord {
  traceId: string;
  spanId: string;
  nanos?: bigint;
  severity?: number;
  eventName?: string;
  body?: PlainValue;
  attributes?: Record<string, PlainValue>;
}

export interface PlainResource<Item> {
  attributes?: Record<string, PlainValue>;
  scopes: { name?: string; version?: string; items: Item[] }[];
}

export type Encoding = 'protobuf' | 'json';

/** How the two encodings write ids, 64-bit numbers and bytes. */
const WRITERS: Record<
  Encoding,
  {
    id: (hex: string) => unknown;
    int64: (value: bigint) => unknown;
    bytes: (value: Buffer) => unknown;
  }
> = {
  protobuf: {
    id: (hex) => Buffer.from(hex, 'hex'),
    // protobufjs without the package `long` takes such an object.
    int64: (value) => ({
      low: Number(BigInt.asIntN(32, value)),
      high: Number(BigInt.asIntN(32, value >> 32n)),
      unsigned: false,
    }),
    bytes: (value) => value,
  },
  json: {
    id: (hex) => hex,
    int64: (value) => String(value),
    bytes: (value) => value.toString('base64'),
  },
};

/** An `ExportTraceServiceRequest` with these spans. */
export function tracesBody(encoding: Encoding, resources: PlainResource<PlainSpan>[]): Buffer {
  const message = {
    resourceSpans: resources.map(({ attributes, scopes }) => ({
      resource: { attributes: keyValues(encoding, attributes) },
      scopeSpans: scopes.map(({ items, ...scope }) => ({
        scope,
        spans: items.map((span) => spanMessage(encoding, span)),
      })),
    })),
  };
  return finish(encoding, 'TracesRequest', message);
}

/** The same for the usual case: one program, one scope. */
export function spansBody(
  encoding: Encoding,
  spans: PlainSpan[],
  attributes: Record<string, PlainValue> = { 'service.name': 'test' },
): Buffer {
  return tracesBody(encoding, [{ attributes, scopes: [{ name: 'test', items: spans }] }]);
}

/** An `ExportLogsServiceRequest` with these records. */
export function logsBody(encoding: Encoding, records: PlainRecord[]): Buffer {
  const message = {
    resourceLogs: [
      {
        resource: {},
        scopeLogs: [{ logRecords: records.map((record) => recordMessage(encoding, record)) }],
      },
    ],
  };
  return finish(encoding, 'LogsRequest', message);
}

/** One `Span` by itself, to be broken and put into a request by hand. */
export function spanBytes(span: PlainSpan): Buffer {
  return finish('protobuf', 'Span', spanMessage('protobuf', span));
}

export function spanMessage(encoding: Encoding, span: PlainSpan): Record<string, unknown> {
  const { id, int64 } = WRITERS[encoding];
  const { parentSpanId, startNanos, endNanos, attributes, events = [], links = [], ...rest } = span;
  return {
    ...rest,
    traceId: id(span.traceId),
    spanId: id(span.spanId),
    ...(parentSpanId === undefined ? {} : { parentSpanId: id(parentSpanId) }),
    ...(startNanos === undefined ? {} : { startTimeUnixNano: int64(startNanos) }),
    ...(endNanos === undefined ? {} : { endTimeUnixNano: int64(endNanos) }),
    attributes: keyValues(encoding, attributes),
    events: events.map(({ nanos, name, attributes }) => ({
      timeUnixNano: int64(nanos),
      name,
      attributes: keyValues(encoding, attributes),
    })),
    links: links.map((link) => ({
      traceId: id(link.traceId),
      spanId: id(link.spanId),
      attributes: keyValues(encoding, link.attributes),
    })),
  };
}

function recordMessage(encoding: Encoding, record: PlainRecord): Record<string, unknown> {
  const { id, int64 } = WRITERS[encoding];
  const { traceId, spanId, nanos, severity, eventName, body, attributes } = record;
  return {
    traceId: id(traceId),
    spanId: id(spanId),
    ...(nanos === undefined ? {} : { timeUnixNano: int64(nanos) }),
    ...(severity === undefined ? {} : { severityNumber: severity }),
    ...(eventName === undefined ? {} : { eventName }),
    ...(body === undefined ? {} : { body: anyValue(encoding, body) }),
    attributes: keyValues(encoding, attributes),
  };
}

export function keyValues(
  encoding: Encoding,
  attributes: Record<string, PlainValue> = {},
): unknown[] {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: anyValue(encoding, value),
  }));
}

function anyValue(encoding: Encoding, value: PlainValue): Record<string, unknown> {
  const { int64, bytes } = WRITERS[encoding];
  if (value === null) return {};
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'bigint') return { intValue: int64(value) };
  if (typeof value === 'number')
    return { doubleValue: encoding === 'json' && !Number.isFinite(value) ? String(value) : value };
  if (Buffer.isBuffer(value)) return { bytesValue: bytes(value) };
  if (Array.isArray(value))
    return { arrayValue: { values: value.map((item) => anyValue(encoding, item)) } };
  return { kvlistValue: { values: keyValues(encoding, value) } };
}

function finish(encoding: Encoding, type: string, message: Record<string, unknown>): Buffer {
  if (encoding === 'json') return Buffer.from(JSON.stringify(message));
  return Buffer.from(messageType(type).encode(messageType(type).create(message)).finish());
}
