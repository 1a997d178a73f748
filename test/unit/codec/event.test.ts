import { decodeEvent, encodeEvent, type TraceEvent } from '@spantail/protocol';
import fc from 'fast-check';
import { pack } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import * as arbitrary from '../../support/codec/arbitrary-event.ts';
import { expectCode } from '../../support/codec/expect-code.ts';

const open = {
  type: 'open',
  spanId: '00f067aa0ba902b7',
  name: 'plan',
  spanType: 'model',
  startUs: 1_763_965_412_000_123,
} as const satisfies TraceEvent;
const close = { type: 'close', spanId: open.spanId, endUs: open.startUs, status: 'ok' } as const;
const update = { type: 'update', spanId: open.spanId, seq: 0 } as const;
const input = { mediaType: 'text/plain', bytes: 2, preview: 'hi', parts: ['hi'] } as const;

/** What any MessagePack writer may send. */
function decodeFields(fields: unknown): TraceEvent {
  return decodeEvent(new Uint8Array(pack(fields)));
}

describe('events', () => {
  it('[EV1] decodes what it encodes', () => {
    fc.assert(
      fc.property(arbitrary.event, (event) => {
        expect(decodeEvent(encodeEvent(event))).toEqual(event);
      }),
      { numRuns: 500 },
    );
  });

  it('[EV1] gives out bytes that no other event is ever written over, small or large', () => {
    const names = Array.from({ length: 3_000 }, (_, i) => `${i} ${'n'.repeat((i * 37) % 190)}`);
    const attributes = { long: 'x'.repeat(5_000) };
    const events = names.map((name, i) => ({
      ...open,
      name,
      ...(i % 100 === 0 ? { attributes } : {}),
    }));
    const encoded = events.map((event) => encodeEvent(event));
    expect(encoded.map((bytes) => decodeEvent(bytes))).toEqual(events);
    // Many of them in one piece of memory, and none in another's place.
    const pieces = new Set(encoded.map(({ buffer }) => buffer));
    expect(pieces.size).toBeLessThan(100);
    expect(
      new Set(encoded.map((bytes) => [...pieces].indexOf(bytes.buffer) * 1e6 + bytes.byteOffset))
        .size,
    ).toBe(events.length);
  });

  it('[EV15] keeps no view of the bytes it decoded', () => {
    const ref = new Uint8Array(16).fill(7);
    const parts = [ref, { chunk: ref, parts: 4 }];
    const list = { mediaType: 'application/json', bytes: 9_000, preview: '[', list: true } as const;
    const event: TraceEvent = { ...open, input: { ...list, parts } };
    const bytes = encodeEvent(event);
    const decoded = decodeEvent(Buffer.from(bytes));
    bytes.fill(0);
    expect(decoded).toEqual(event);
    expect(Object.keys(bytes).length).toBe(bytes.byteLength);
  });

  it.each([
    ['type', { ...open, type: 'start' }],
    ['type', { spanId: open.spanId }],
    ['spanId', { ...open, spanId: '00F067AA0BA902B7' }],
    ['spanId', { ...open, spanId: '0000000000000000' }],
    ['spanId', { ...open, spanId: 7 }],
    ['parentSpanId', { ...open, parentSpanId: 'abc' }],
    ['name', { ...open, name: undefined }],
    ['name', { ...open, name: 'x'.repeat(1_025) }],
    ['spanType', { ...open, spanType: 'llm' }],
    ['spanType', { ...open, spanType: 'toString' }],
    ['startUs', { ...open, startUs: -1 }],
    ['startUs', { ...open, startUs: '1763965412000123' }],
    ['attributes', { ...open, attributes: [1] }],
    ['attributes', { ...open, attributes: 'x' }],
    ['input', { ...open, input: 'text' }],
    ['input.mediaType', { ...open, input: { ...input, mediaType: 'image/png' } }],
    ['input.preview', { ...open, input: { ...input, preview: 'x'.repeat(201) } }],
    ['input.parts', { ...open, input: { ...input, parts: [] } }],
    ['input.parts', { ...open, input: { ...input, parts: ['a', 'b'] } }],
    ['input.parts', { ...open, input: { ...input, parts: [[new Uint8Array(16), 2]] } }],
    ['input.parts[0]', { ...open, input: { ...input, parts: [new Uint8Array(15)] } }],
    ['input.parts[0]', { ...open, input: { ...input, parts: [[new Uint8Array(16), 0]] } }],
    ['input.parts[0]', { ...open, input: { ...input, parts: [7] } }],
    ['input.list', { ...open, input: { ...input, list: true } }],
    ['links[0].traceId', { ...open, links: [{ traceId: 'x', spanId: open.spanId }] }],
    ['dropped.events', { ...open, dropped: { events: -1 } }],
    ['seq', { ...update, seq: 1.5 }],
    ['outputDelta', { ...update, outputDelta: 7 }],
    ['logs', { ...update, logs: {} }],
    ['logs[0]', { ...update, logs: [7] }],
    ['logs[0].level', { ...update, logs: [{ timeUs: 1, message: 'm', level: 'fatal' }] }],
    ['endUs', { ...close, endUs: Number.NaN }],
    ['status', { ...close, status: 'failed' }],
    ['error.message', { ...close, error: { type: 'Error' } }],
    ['usage.inputTokens', { ...close, usage: { inputTokens: -1 } }],
    ['usage.costUsd', { ...close, usage: { costUsd: Number.NaN } }],
    ['reason', { ...close, reason: 'gone' }],
  ])('[EV2] refuses a bad %s by its name (%#)', (path, fields) => {
    const message = expectCode('EVENT_INVALID', () => decodeFields(withoutUndefined(fields)));
    expect(message).toContain(`event.${path} `);
  });

  it.each([[[]], ['open'], [7], [null]])('[EV2] refuses a value that is no map (%#)', (value) => {
    expectCode('EVENT_INVALID', () => decodeFields(value));
  });

  it('[EV3] ignores unknown fields and takes nil for absent', () => {
    const known = { ...open, input };
    expect(decodeFields({ ...known, parentSpanId: null, usage: null, later: { a: [1] } })).toEqual(
      known,
    );
  });

  it('[EV4] takes integral floats for integers, and nothing else', () => {
    const float64 = Buffer.alloc(9);
    float64[0] = 0xcb;
    const withSeq = (value: number): Buffer => {
      float64.writeDoubleBE(value, 1);
      const map = Buffer.from(pack({ type: 'update', spanId: open.spanId }));
      map[map[0] === 0xde ? 2 : 0]! += 1;
      return Buffer.concat([map, Buffer.from([0xa3]), Buffer.from('seq'), float64]);
    };
    expect(decodeEvent(withSeq(7))).toMatchObject({ seq: 7 });
    expect(decodeEvent(withSeq(2 ** 53 - 1))).toMatchObject({ seq: 2 ** 53 - 1 });
    for (const value of [7.5, 2 ** 53, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expectCode('EVENT_INVALID', () => decodeEvent(withSeq(value)));
    expectCode('EVENT_INVALID', () => decodeFields({ ...update, seq: 2n ** 63n }));
    expect(decodeFields({ ...update, seq: 5n })).toMatchObject({ seq: 5 });
  });
});

function withoutUndefined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
