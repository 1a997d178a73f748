import { buildPayload, encodeEvent, encodeRunSummary, type TraceEvent } from '@spantail/protocol';
import { Packr } from 'msgpackr';
import { hashBlob } from '../../test/support/codec/hash-blob.ts';
import type { VectorCase, VectorFile } from './vector-file.ts';

const packr = new Packr({ useRecords: false, variableMapSize: true });
const pack = (value: unknown): Uint8Array => new Uint8Array(packr.pack(value));

const spanId = '00f067aa0ba902b7';
const parentSpanId = 'b7ad6b7169203331';
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const startUs = 1_764_000_000_000_001;
const list = Array.from({ length: 40 }, (_, i) => ({
  role: 'user',
  content: `message ${i} `.repeat(9),
}));
const payloadOf = (value: unknown) => buildPayload(value, hashBlob).payload;

const EVENTS: Record<string, TraceEvent> = {
  'an open with what it must have': {
    type: 'open',
    spanId,
    name: 'plan',
    spanType: 'step',
    startUs,
  },
  'an open with everything': {
    type: 'open',
    spanId,
    parentSpanId,
    name: 'Überraschung 🎉',
    spanType: 'model',
    startUs,
    attributes: { 'gen_ai.request.model': 'm', nested: { list: [1, -2, 0.5, true, null, 'x'] } },
    input: payloadOf('What is the answer?'),
    links: [{ traceId, spanId: parentSpanId, attributes: { why: 'retry' } }],
    logs: [{ timeUs: startUs, message: 'begun', level: 'info' }],
    revision: 3,
    dropped: { events: 1, updates: 2, payloads: 3 },
  },
  'an open whose input is a reference': {
    type: 'open',
    spanId,
    name: 'n',
    spanType: 'tool',
    startUs,
    input: payloadOf('x'.repeat(512)),
  },
  'an open whose input is a list with chunks': {
    type: 'open',
    spanId,
    name: 'n',
    spanType: 'model',
    startUs,
    input: payloadOf(list),
  },
  'an update with a delta': { type: 'update', spanId, seq: 0, outputDelta: 'Die Antwort: ' },
  'an update with everything': {
    type: 'update',
    spanId,
    seq: 4_294_967_296,
    attributes: { step: 2 },
    outputDelta: '',
    logs: [{ timeUs: startUs, message: 'slow', level: 'warn', attributes: { ms: 12.25 } }],
    name: 'renamed',
    spanType: 'retrieval',
    input: payloadOf({ a: [1, 2, { b: null }] }),
    dropped: {},
  },
  'a close with what it must have': { type: 'close', spanId, endUs: 0, status: 'unset' },
  'a close with everything': {
    type: 'close',
    spanId,
    endUs: Number.MAX_SAFE_INTEGER,
    status: 'error',
    error: { type: 'HttpError', message: '429', stack: 'at x' },
    output: payloadOf(['a', 'b']),
    attributes: { 'http.status_code': 429 },
    usage: {
      inputTokens: 812,
      outputTokens: 120,
      cachedInputTokens: 0,
      reasoningTokens: 64,
      totalTokens: 932,
      costUsd: 0.0125,
    },
    reason: 'lost',
  },
};

export function eventVectors(): VectorFile {
  const cases: VectorCase[] = Object.entries(EVENTS).map(([name, event]) => ({
    rule: 'EV1',
    name,
    hex: encodeEvent(event),
    value: event,
  }));
  const read = (rule: string, name: string, bytes: Uint8Array, value: TraceEvent): void => {
    cases.push({ rule, name, readOnly: true, hex: bytes, value });
  };
  const bare = { type: 'close', spanId, endUs: 1, status: 'ok' } satisfies TraceEvent;
  read(
    'EV3',
    'an unknown field, and one that is nil',
    pack({ ...bare, later: [1], usage: null }),
    bare,
  );
  const float = pack({ ...bare, endUs: 0 });
  // endUs 0 is one byte; in its place the same as a float64.
  const at = float.lastIndexOf(0x00);
  const one = new Uint8Array([0xcb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0]);
  const withFloat = new Uint8Array([...float.subarray(0, at), ...one, ...float.subarray(at + 1)]);
  read('EV4', 'an integer written as a float', withFloat, bare);
  const strange = { ...bare, attributes: { nan: NaN, inf: Infinity, neg: -Infinity } };
  read('EV5', 'numbers that JSON has not', pack(strange), {
    ...bare,
    attributes: { nan: 'NaN', inf: 'Infinity', neg: '-Infinity' },
  });
  read('EV5', 'an integer beyond 2^53', pack({ ...bare, attributes: { big: 2n ** 60n } }), {
    ...bare,
    attributes: { big: '1152921504606846976' },
  });
  const proto = new Map([
    [
      'attributes',
      new Map([
        ['__proto__', 1],
        ['constructor', 2],
      ]),
    ],
  ]);
  const hostile = new Map<string, unknown>([...Object.entries(bare), ...proto]);
  read('EV7', 'a key __proto__', pack(hostile), {
    ...bare,
    attributes: { constructor: 2 },
  });
  const summary = {
    traceId,
    name: 'answer',
    service: 'research-agent',
    status: 'error' as const,
    startUs,
    endUs: startUs + 5,
    lastActivityUs: startUs + 9,
    spanCount: 2,
    openCount: 0,
    errorCount: 1,
    inputTokens: 1200,
    outputTokens: 30,
    costUsd: 0.25,
    revision: 3,
  };
  cases.push({
    rule: 'EV13',
    name: 'a run’s summary',
    kind: 'run',
    hex: encodeRunSummary(summary),
    value: summary,
  });
  return {
    about:
      '`hex` decodes to `value`. Unless `readOnly`, `value` encodes to a MessagePack map with the same meaning; the bytes may differ (order of keys, width of integers). `kind: run`: an item of the stream @runs instead of an event.',
    cases,
  };
}

export function invalidEventVectors(): VectorFile {
  const open = { type: 'open', spanId, name: 'n', spanType: 'tool', startUs };
  const close = { type: 'close', spanId, endUs: 1, status: 'ok' };
  const without = (key: string): object =>
    Object.fromEntries(Object.entries(open).filter(([name]) => name !== key));
  const invalid = 'EVENT_INVALID';
  const cases: [rule: string, name: string, hex: Uint8Array, field?: string][] = [
    ...['type', 'spanId', 'name', 'spanType', 'startUs'].map(
      (key): [string, string, Uint8Array, string] => [
        'EV2',
        `without ${key}`,
        pack(without(key)),
        key,
      ],
    ),
    ['EV2', 'an unknown type', pack({ ...open, type: 'begin' }), 'type'],
    ['EV2', 'an unknown span type', pack({ ...open, spanType: 'llm' }), 'spanType'],
    ['EV2', 'a span id of zeros', pack({ ...open, spanId: '0'.repeat(16) }), 'spanId'],
    ['EV2', 'a span id in capitals', pack({ ...open, spanId: '00F067AA0BA902B7' }), 'spanId'],
    ['EV2', 'a parent of another length', pack({ ...open, parentSpanId: 'ab' }), 'parentSpanId'],
    ['EV2', 'a name of 1,025 characters', pack({ ...open, name: 'x'.repeat(1_025) }), 'name'],
    ['EV2', 'attributes that are a list', pack({ ...open, attributes: [] }), 'attributes'],
    [
      'EV2',
      'a link to no trace',
      pack({ ...open, links: [{ traceId: 'x', spanId }] }),
      'links[0].traceId',
    ],
    ['EV2', 'an unknown status', pack({ ...close, status: 'failed' }), 'status'],
    ['EV2', 'negative tokens', pack({ ...close, usage: { inputTokens: -1 } }), 'usage.inputTokens'],
    ['EV2', 'an unknown reason', pack({ ...close, reason: 'bored' }), 'reason'],
    ['EV4', 'a time that is no integer', pack({ ...open, startUs: 0.5 }), 'startUs'],
    ['EV4', 'a negative time', pack({ ...open, startUs: -1 }), 'startUs'],
    ['EV4', 'a time of 2^53', pack({ ...open, startUs: 2n ** 53n }), 'startUs'],
    ['EV6', 'text that is not UTF-8', new Uint8Array([0x81, 0xa1, 0x61, 0xa2, 0xc3, 0x28])],
    ['EV6', 'a surrogate in UTF-8', new Uint8Array([0x81, 0xa1, 0x61, 0xa3, 0xed, 0xa0, 0x80])],
    ['EV8', 'no bytes', new Uint8Array()],
    ['EV8', 'no map', new Uint8Array([0x90])],
    ['EV8', 'a truncated map', pack(open).subarray(0, 20)],
    ['EV8', 'a byte behind the end', new Uint8Array([...pack(close), 0xc0])],
    ['EV8', 'a length that is not there', new Uint8Array([0x81, 0xa1, 0x61, 0xdb, 0x04, 0, 0, 0])],
    ['EV8', 'an extension type', new Uint8Array([0x81, 0xa1, 0x61, 0xd4, 0x01, 0x00])],
    ['EV8', 'a key that is no text', new Uint8Array([0x81, 0x01, 0x02])],
    ['EV8', 'the reserved byte', new Uint8Array([0x81, 0xa1, 0x61, 0xc1])],
    ['EV9', 'nesting of 65 levels', new Uint8Array([...new Uint8Array(65).fill(0x91), 0xc0])],
  ];
  return {
    about:
      '`hex` is refused with the error `code`; where there is a `field`, the message names it.',
    cases: cases.map(([rule, name, hex, field]) => ({
      rule,
      name,
      hex,
      code: invalid,
      ...(field === undefined ? {} : { field }),
    })),
  };
}
