import {
  decodeServerMessage,
  encodeEventArray,
  encodeEventsFrame,
  encodeServerMessage,
  type ServerMessage,
} from '@spantail/protocol';
import fc from 'fast-check';
import { pack } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../support/codec/expect-code.ts';

const streamId = '4bf92f3577b34da6a3ce929d0e0e4736';
const prev = '0a1b2c3d.k3x9.1763965412000-0.0badcafe';
const cursor = '0a1b2c3d.k3x9.1763965412007-3.deadbeef~12';
const blob = { ref: new Uint8Array(16).fill(9), bytes: new Uint8Array(700).fill(1) };

const messages: ServerMessage[] = [
  { type: 'hello', protocol: 'spantail.v1', heartbeatMs: 15_000 },
  { type: 'subscribed', streamId },
  { type: 'subscribed', streamId, cursor },
  { type: 'events', streamId, prev, cursor, events: [new Uint8Array([0x80]), null] },
  { type: 'events', streamId, prev, cursor, events: [] },
  {
    type: 'events',
    streamId,
    prev,
    cursor,
    entries: [
      { position: '1764000000000-7', check: '0000abcd', count: 1 },
      { position: '1764000000123-0', check: 'ffffffff', count: 1 },
    ],
    events: [null, null],
  },
  { type: 'blobs', streamId, blobs: [blob] },
  { type: 'live', streamId },
  { type: 'live', streamId, cursor },
  { type: 'end', streamId, cursor, reason: 'finished' },
  { type: 'end', streamId, cursor, reason: 'quiet' },
  { type: 'gap', streamId, after: prev, cursor, reason: 'trimmed' },
  { type: 'reset', streamId, reason: 'recreated' },
  { type: 'reset', streamId, reason: 'lost' },
  { type: 'reset', streamId, reason: 'future' },
  { type: 'stalled', streamId, reason: 'the log does not answer' },
  { type: 'unsubscribed', streamId },
  { type: 'goaway', reason: 'stopping', graceMs: 5_000 },
  { type: 'error', code: 'BAD_MESSAGE', message: 'what' },
  { type: 'error', code: 'CURSOR_INVALID', message: 'what', streamId },
  { type: 'heartbeat' },
];

describe('messages of the server', () => {
  it.each(messages)('[EV14] decodes $type', (message) => {
    const bytes = encodeServerMessage(message);
    expect(decodeServerMessage(bytes)).toEqual(message);
    expect(decodeServerMessage(Buffer.from(bytes))).toEqual(message);
  });

  it('[EV14] leaves out what is undefined', () => {
    const bytes = encodeServerMessage({ type: 'live', streamId, cursor: undefined } as never);
    expect(bytes).toEqual(encodeServerMessage({ type: 'live', streamId }));
  });

  it('[EV14] quotes in an error what has no UTF-8', () => {
    const bytes = encodeServerMessage({ type: 'error', code: 'BAD_MESSAGE', message: '"\uD800"' });
    expect(decodeServerMessage(bytes)).toMatchObject({ message: '"\uFFFD"' });
  });

  it('[EV14] takes a code it does not know for a fault of the server', () => {
    for (const code of ['NEWER', 'constructor'])
      expect(decodeFields({ type: 'error', code, message: 'm' })).toMatchObject({
        code: 'INTERNAL',
      });
  });

  it.each([
    ['type', { type: 'events2' }],
    ['type', { streamId }],
    ['heartbeatMs', { type: 'hello', protocol: 'spantail.v1' }],
    ['streamId', { type: 'live' }],
    ['cursor', { type: 'live', streamId, cursor: 7 }],
    ['prev', { type: 'events', streamId, cursor, events: [] }],
    ['events', { type: 'events', streamId, prev, cursor, events: {} }],
    ['entries', { type: 'events', streamId, prev, cursor, entries: [1, 2, 3], events: [] }],
    ['entries', { type: 'events', streamId, prev, cursor, entries: [1, 2, -3, 4], events: [] }],
    ['events[0]', { type: 'events', streamId, prev, cursor, events: ['text'] }],
    ['blobs[0].ref', { type: 'blobs', streamId, blobs: [{ ...blob, ref: new Uint8Array(3) }] }],
    ['reason', { type: 'end', streamId, cursor, reason: 'bored' }],
  ])('[EV14] refuses a bad %s by its name (%#)', (path, fields) => {
    expect(expectCode('BAD_MESSAGE', () => decodeFields(fields))).toContain(`message.${path} `);
  });

  it('[EV14] refuses frames that are no message', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expectCode('BAD_MESSAGE', () => decodeServerMessage(bytes));
      }),
      { numRuns: 2_000 },
    );
  });

  it('[EV15] copies blobs and shows events as views', () => {
    const frame = encodeServerMessage({ type: 'blobs', streamId, blobs: [blob] });
    const blobs = decodeServerMessage(frame);
    frame.fill(0);
    expect(blobs).toEqual({ type: 'blobs', streamId, blobs: [blob] });
    const events = encodeServerMessage({
      type: 'events',
      streamId,
      prev,
      cursor,
      events: [blob.bytes],
    });
    const message = decodeServerMessage(events);
    expect(message.type === 'events' && message.events[0]?.buffer).toBe(events.buffer);
  });

  it('[EV12] puts frames together as they would be encoded', () => {
    const event = fc.oneof(
      fc.uint8Array({ maxLength: 30 }),
      fc.constantFrom(new Uint8Array(256), new Uint8Array(66_000)),
    );
    const entries = fc.array(fc.array(event, { maxLength: 12 }), { maxLength: 6 });
    fc.assert(
      fc.property(entries, (entries) => {
        const head = { streamId, prev, cursor };
        const arrays = entries.map((events, i) => ({
          position: `${1_000 + (i >> 1)}-${i & 1}`,
          check: `0000000${i}`,
          events: encodeEventArray(events),
          count: events.length,
        }));
        const marks = arrays.map(({ position, check, count }) => ({ position, check, count }));
        const whole = encodeServerMessage({
          type: 'events',
          ...head,
          ...(marks.length === 0 ? {} : { entries: marks }),
          events: entries.flat(),
        });
        const frame = encodeEventsFrame(head, arrays);
        expect(Buffer.compare(frame, whole)).toBe(0);
        const read = decodeServerMessage(frame);
        expect(read.type === 'events' && (read.entries ?? [])).toEqual(marks);
      }),
      { numRuns: 100 },
    );
    // The one entry at `cursor`: its mark says nothing new and is left out.
    const [, , position = '', check = ''] = cursor.split('.');
    const many = Array.from({ length: 70_000 }, () => new Uint8Array([0xc0]));
    const frame = encodeEventsFrame({ streamId, prev, cursor }, [
      { position, check, events: encodeEventArray(many), count: many.length },
    ]);
    const message = encodeServerMessage({ type: 'events', streamId, prev, cursor, events: many });
    expect(Buffer.compare(frame, message)).toBe(0);
  });
});

function decodeFields(fields: unknown): ServerMessage {
  return decodeServerMessage(new Uint8Array(pack(fields)));
}
