import {
  RUNS_STREAM,
  encodeClientMessage,
  parseClientMessage,
  type ClientMessage,
} from '@spantail/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../support/codec/expect-code.ts';

const streamId = '4bf92f3577b34da6a3ce929d0e0e4736';
const after = '0a1b2c3d.k3x9.1763965412007-3.deadbeef~12';

const messages: ClientMessage[] = [
  { type: 'subscribe', streamId },
  { type: 'subscribe', streamId, after, payloads: 'inline' },
  { type: 'subscribe', streamId, payloads: 'reference' },
  { type: 'subscribe', streamId: RUNS_STREAM, filter: {} },
  {
    type: 'subscribe',
    streamId: RUNS_STREAM,
    filter: { status: 'running', service: 'a', name: 'b' },
  },
  { type: 'unsubscribe', streamId },
  { type: 'ping' },
];

describe('messages of a viewer', () => {
  it.each(messages)('[EV14] parses $type (%#)', (message) => {
    expect(parseClientMessage(encodeClientMessage(message))).toEqual(message);
  });

  it('[EV3] ignores fields it does not know', () => {
    const text = `{"type":"ping","later":1,"__proto__":{"type":"unsubscribe"}}`;
    expect(parseClientMessage(text)).toEqual({ type: 'ping' });
  });

  it.each([
    ['', 'not JSON'],
    ['{"type":', 'not JSON'],
    ['[]', 'not a JSON object'],
    ['null', 'not a JSON object'],
    ['{}', '"type" is missing'],
    ['{"type":"publish"}', '"publish"'],
    ['{"type":"subscribe"}', '"streamId" is missing'],
    ['{"type":"subscribe","streamId":7}', '"streamId" is 7'],
    [`{"type":"subscribe","streamId":"${streamId}","payloads":"none"}`, '"payloads"'],
    [`{"type":"subscribe","streamId":"${streamId}","filter":{}}`, '"filter"'],
    ['{"type":"subscribe","streamId":"@runs","filter":[]}', '"filter"'],
    ['{"type":"subscribe","streamId":"@runs","filter":{"status":"ok"}}', '"filter.status"'],
    ['{"type":"subscribe","streamId":"@runs","filter":{"name":7}}', '"filter.name"'],
  ])('[EV14] refuses %s', (text, part) => {
    expect(expectCode('BAD_MESSAGE', () => parseClientMessage(text))).toContain(part);
  });

  it.each(['', 'abc', streamId.toUpperCase(), '0'.repeat(32), '@other', 'x'.repeat(10_000)])(
    '[EV14] refuses the stream %j with TRACE_ID_INVALID',
    (streamId) => {
      const text = JSON.stringify({ type: 'unsubscribe', streamId });
      const message = expectCode('TRACE_ID_INVALID', () => parseClientMessage(text));
      expect(message.length).toBeLessThan(300);
    },
  );

  it.each(['', '0-0', `${after}~1`, 7, null, {}])('[EV14] refuses the cursor %j', (after) => {
    const text = JSON.stringify({ type: 'subscribe', streamId, after });
    expectCode('CURSOR_INVALID', () => parseClientMessage(text));
  });

  it('[EV14] throws nothing else for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (streamId, after, filter) => {
        const text = JSON.stringify({ type: 'subscribe', streamId, after, filter });
        expect(() => parseClientMessage(text)).toThrow(
          expect.objectContaining({ name: 'SpantailError' }),
        );
      }),
    );
  });
});
