import { spanBytes, spanMessage, type PlainSpan } from './build.ts';
import { attribute, bytesField, deepValue, tag, varint } from './wire.ts';

/** A span as an element of a request, and what becomes of it. */
export interface HostileSpan {
  protobuf: Buffer;
  json: unknown;
  /** The name that the log must have; `undefined`: it is rejected. */
  name: string | undefined;
}

type Choose = <T>(items: readonly T[]) => T;

const OVERLONG = Buffer.from([...Array.from({ length: 10 }, () => 0xff), 0x01]);
const START_GROUP = 3;
const END_GROUP = 4;

/** Bytes behind a span that break it. */
const BREAKING: Buffer[] = [
  Buffer.concat([tag(9, 2), varint(1_000), Buffer.from('short')]),
  Buffer.concat([tag(200, 0), OVERLONG]),
  tag(20, 6),
  tag(20, 7),
  Buffer.from([0x00]),
  Buffer.concat([tag(30, START_GROUP), tag(31, 0), varint(5)]),
  Buffer.concat([tag(30, START_GROUP), tag(31, END_GROUP)]),
  tag(30, END_GROUP),
  Buffer.concat(Array.from({ length: 5_000 }, () => tag(30, START_GROUP))),
  bytesField(9, attribute('deep', deepValue(60))),
  bytesField(9, attribute('deeper', deepValue(3_000))),
  Buffer.concat([tag(7, 1), Buffer.from([1, 2, 3])]),
  Buffer.concat([tag(5, 2), varint(2n ** 64n - 1n)]),
];

/** Bytes behind a span that are passed over, or only change what it says. */
const HARMLESS: Buffer[] = [
  Buffer.concat([tag(200, 0), varint(2n ** 64n - 1n)]),
  Buffer.concat([tag(30, START_GROUP), tag(31, 0), varint(5), tag(30, END_GROUP)]),
  Buffer.concat([tag(6, 2), varint(3), Buffer.from('abc')]),
  Buffer.concat([tag(7, 0), varint(77)]),
  Buffer.concat([tag(16, 0), varint(77)]),
  Buffer.concat([tag(6, 0), varint(-5)]),
  Buffer.concat([tag(15, 2), varint(2), tag(3, 0), varint(99)]),
  bytesField(9, attribute('__proto__', bytesField(1, 'polluted'))),
  bytesField(9, attribute('constructor', bytesField(1, 'a key'))),
  bytesField(9, attribute('bytes', bytesField(1, Buffer.from([0xff, 0xfe, 0xc0])))),
  bytesField(9, Buffer.alloc(0)),
  bytesField(9, attribute('many', Buffer.concat([bytesField(1, 'a'), bytesField(1, 'b')]))),
  bytesField(11, Buffer.alloc(0)),
  bytesField(13, bytesField(1, 'short id')),
  Buffer.concat(Array.from({ length: 2_000 }, () => bytesField(11, Buffer.alloc(0)))),
  Buffer.concat(
    Array.from({ length: 2_000 }, (_, i) => bytesField(9, attribute(`k${i}`, bytesField(1, 'v')))),
  ),
];

function deepJson(levels: number): unknown {
  let value: unknown = { stringValue: 'bottom' };
  for (let i = 0; i < levels; i++) value = { arrayValue: { values: [value] } };
  return value;
}

const BREAKING_FIELDS: Record<string, unknown>[] = [
  { traceId: 5 },
  { traceId: {} },
  { spanId: [] },
  { parentSpanId: 'xyz' },
  { startTimeUnixNano: true },
  { startTimeUnixNano: 'NaN' },
  { startTimeUnixNano: -1 },
  { startTimeUnixNano: 1e300 },
  { endTimeUnixNano: {} },
  { endTimeUnixNano: '9'.repeat(30) },
  { attributes: [{ key: 'deep', value: deepJson(60) }] },
  { attributes: [{ key: 'deeper', value: deepJson(700) }] },
];
const BREAKING_VALUES: unknown[] = [null, 5, 'span', true, [], [[]]];

const HARMLESS_FIELDS: Record<string, unknown>[] = [
  { attributes: 5 },
  { attributes: { key: 'not a list' } },
  { attributes: [null, 5, 'x', {}, { key: 7, value: {} }, { key: 'k' }] },
  { attributes: [{ key: 'k', value: { intValue: '99999999999999999999' } }] },
  { attributes: [{ key: 'k', value: { doubleValue: 'NaN' } }] },
  { attributes: [{ key: 'k', value: { arrayValue: 5, kvlistValue: { values: 'x' } } }] },
  { attributes: [{ key: '__proto__', value: { stringValue: 'polluted' } }] },
  { events: 'x' },
  { events: [null, 5, {}, { timeUnixNano: 'NaN', name: 5, attributes: 5 }] },
  { links: [null, {}, { traceId: 5 }] },
  { links: 7 },
  { kind: 'NONSENSE' },
  { kind: -1 },
  { kind: 1e300 },
  { status: 'ERROR' },
  { status: { code: 99, message: [] } },
  { flags: 'x' },
  { unknown: deepJson(500) },
  JSON.parse('{"__proto__": {"name": "polluted"}, "constructor": {"prototype": 1}}') as Record<
    string,
    unknown
  >,
];

/** Ids that are none. */
const NO_TRACE = ['', '0'.repeat(32), 'ab', 'f'.repeat(34)];

export function soundSpan(span: PlainSpan): HostileSpan {
  return {
    protobuf: spanBytes(span),
    json: spanMessage('json', span),
    name: span.name ?? '',
  };
}

export function oddSpan(span: PlainSpan, choose: Choose): HostileSpan {
  const { protobuf, json, name } = soundSpan(span);
  return {
    protobuf: Buffer.concat([protobuf, choose(HARMLESS)]),
    json: { ...(json as object), ...choose(HARMLESS_FIELDS) },
    name,
  };
}

export function brokenSpan(span: PlainSpan, choose: Choose): HostileSpan {
  if (choose([true, false, false])) {
    const wrong = { ...span, traceId: choose(NO_TRACE) };
    return { ...soundSpan(wrong), name: undefined };
  }
  const { protobuf, json } = soundSpan(span);
  return {
    protobuf: Buffer.concat([protobuf, choose(BREAKING)]),
    json: choose([true, false])
      ? { ...(json as object), ...choose(BREAKING_FIELDS) }
      : choose(BREAKING_VALUES),
    name: undefined,
  };
}
