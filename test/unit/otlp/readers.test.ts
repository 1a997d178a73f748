import { describe, expect, it } from 'vitest';
import { readLogsJson } from '../../../server/src/otlp/json/read-logs.ts';
import { readTracesJson } from '../../../server/src/otlp/json/read-traces.ts';
import { readLogsProtobuf } from '../../../server/src/otlp/protobuf/read-logs.ts';
import { readTracesProtobuf } from '../../../server/src/otlp/protobuf/read-traces.ts';
import { ProtobufError, ProtobufReader } from '../../../server/src/otlp/protobuf/reader.ts';
import { seededRandom } from '../../support/generate-run.ts';
import { logsBody, spansBody, tracesBody } from '../../support/otlp/build.ts';
import { RandomSpans } from '../../support/otlp/random-spans.ts';
import { messageType } from '../../support/otlp/schema.ts';
import { varint } from '../../support/otlp/wire.ts';

const SEED = Number(process.env['SEED'] ?? 1);
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

function fromJson(body: Buffer) {
  return readTracesJson(JSON.parse(body.toString()));
}

describe('the readers of OTLP', () => {
  it(`[OT5] read the same spans from what protobufjs writes and from JSON (SEED=${SEED})`, () => {
    const random = new RandomSpans(seededRandom(SEED));
    let spans = 0;
    for (let i = 0; i < 2_000; i++) {
      const resources = random.resources();
      const read = readTracesProtobuf(tracesBody('protobuf', resources));
      expect(read).toEqual(fromJson(tracesBody('json', resources)));
      expect(read.rejected.count).toBe(0);
      expect(read.spans.map(({ traceId, spanId }) => traceId + spanId)).toEqual(
        resources.flatMap(({ scopes }) =>
          scopes.flatMap(({ items }) => items.map(({ traceId, spanId }) => traceId + spanId)),
        ),
      );
      spans += read.spans.length;
    }
    expect(spans).toBeGreaterThan(1_000);
  });

  it(`[OT5] read the same log records from both (SEED=${SEED})`, () => {
    const random = new RandomSpans(seededRandom(SEED));
    for (let i = 0; i < 2_000; i++) {
      const records = random.records();
      const read = readLogsProtobuf(logsBody('protobuf', records));
      expect(read).toEqual(readLogsJson(JSON.parse(logsBody('json', records).toString())));
      expect(read.records).toHaveLength(records.length);
    }
  });

  it('[OT5, OT6] read each field as it is meant', () => {
    const body = spansBody('protobuf', [
      {
        traceId: TRACE,
        spanId: SPAN,
        parentSpanId: '00f067aa0ba902b7',
        name: 'chat',
        kind: 3,
        startNanos: 1_790_000_000_123_456_789n,
        endNanos: 1_790_000_000_123_457_001n,
        status: { code: 2, message: 'broke' },
        attributes: {
          text: 'größer',
          yes: true,
          int: -5n,
          large: 2n ** 60n,
          double: 0.25,
          list: ['a', 1n],
          map: { b: { c: null } },
          bytes: Buffer.from('hi'),
        },
        events: [{ nanos: 5_999n, name: 'exception', attributes: { a: 1n } }],
        links: [{ traceId: TRACE, spanId: SPAN, attributes: { why: 'x' } }],
        flags: 0x301,
      },
    ]);
    expect(readTracesProtobuf(body).spans).toEqual([
      {
        traceId: TRACE,
        spanId: SPAN,
        parentSpanId: '00f067aa0ba902b7',
        remoteParent: true,
        name: 'chat',
        kind: 'client',
        startUs: 1_790_000_000_123_456,
        endUs: 1_790_000_000_123_457,
        status: 'error',
        statusMessage: 'broke',
        attributes: {
          text: 'größer',
          yes: true,
          int: -5,
          large: '1152921504606846976',
          double: 0.25,
          list: ['a', 1],
          map: { b: { c: null } },
          bytes: 'aGk=',
        },
        events: [{ timeUs: 5, name: 'exception', attributes: { a: 1 } }],
        links: [{ traceId: TRACE, spanId: SPAN, attributes: { why: 'x' } }],
        resource: { 'service.name': 'test' },
        scope: { name: 'test' },
      },
    ]);
  });

  it('[OT5] takes ids in any case, numbers as text and enums by name', () => {
    const one = (span: object) =>
      readTracesJson({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
    const plain = one({
      traceId: TRACE,
      spanId: SPAN,
      name: 'x',
      kind: 2,
      status: { code: 2 },
      startTimeUnixNano: 1_790_000_000_123_456_000,
      endTimeUnixNano: '1790000000123457000',
      attributes: [{ key: 'n', value: { intValue: 7 } }],
    });
    expect(plain.spans).toHaveLength(1);
    expect(
      one({
        traceId: TRACE.toUpperCase(),
        spanId: Buffer.from(SPAN, 'hex').toString('base64'),
        parentSpanId: '',
        name: 'x',
        kind: 'SPAN_KIND_SERVER',
        status: { code: 'STATUS_CODE_ERROR' },
        startTimeUnixNano: '1790000000123456000',
        endTimeUnixNano: '1790000000123457000',
        attributes: [{ key: 'n', value: { intValue: '7' } }],
        unknownField: [1],
      }),
    ).toEqual(plain);
  });

  it('[OT4] read what protobufjs reads, with unknown fields and fields that come twice', () => {
    const Span = messageType('Span');
    const twice = Buffer.concat(
      [
        { traceId: Buffer.from(TRACE, 'hex'), spanId: Buffer.from(SPAN, 'hex'), name: 'first' },
        { name: 'second', status: { code: 1 } },
        { status: { message: 'm' } },
      ].map((fields) => Buffer.from(Span.encode(Span.create(fields)).finish())),
    );
    const request = (span: Buffer) =>
      Buffer.from(
        messageType('TracesRequest')
          .encode({ resourceSpans: [{ scopeSpans: [{ spans: [Span.decode(span)] }] }] })
          .finish(),
      );
    const read = readTracesProtobuf(request(twice)).spans[0];
    expect(read).toMatchObject({ name: 'second', status: 'ok', statusMessage: 'm' });
  });

  it(`[OT18] read or refuse whatever bytes there are, and nothing else happens (SEED=${SEED})`, () => {
    const next = seededRandom(SEED);
    const random = new RandomSpans(next);
    let refused = 0;
    for (let i = 0; i < 5_000; i++) {
      const traces = tracesBody('protobuf', random.resources());
      const logs = logsBody('protobuf', random.records());
      for (const [read, body] of [
        [readTracesProtobuf, traces],
        [readLogsProtobuf, logs],
      ] as const) {
        for (let flips = 1 + Math.floor(next() * 4); flips > 0 && body.length > 0; flips--)
          body[Math.floor(next() * body.length)] = Math.floor(next() * 256);
        try {
          read(body);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtobufError);
          refused++;
        }
      }
    }
    expect(refused).toBeGreaterThan(100);
    expect(refused).toBeLessThan(9_000);
  });

  it('[OT4] read numbers as protobuf writes them', () => {
    const reader = (bytes: Buffer) => new ProtobufReader(bytes);
    for (const value of [0n, 1n, 127n, 128n, -1n, 2n ** 53n - 1n, -(2n ** 53n) + 1n])
      expect(reader(varint(value)).int64()).toBe(Number(value));
    for (const value of [2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)])
      expect(reader(varint(value)).int64()).toBe(value.toString());
    for (const nanos of [0n, 999n, 1_000n, 2n ** 32n, 1_790_000_000_123_456_789n]) {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(nanos);
      expect(reader(bytes).nanosAsUs()).toBe(Number(nanos / 1_000n));
    }
    const overlong = Buffer.from([...Array.from({ length: 10 }, () => 0x80), 0x00]);
    for (const read of ['tag', 'uint', 'int64', 'bool'] as const)
      expect(() => reader(overlong)[read]()).toThrow(/more than 64 bits/);
    for (const read of ['text', 'hex', 'double', 'fixed32', 'enter', 'part'] as const)
      expect(() => reader(Buffer.from([5, 1]))[read]()).toThrow(/bytes more than there are/);
  });
});
