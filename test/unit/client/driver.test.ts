import { createClient, type ConnectionState, type SpantailError } from '@spantail/client';
import { encodeEvent, type ServerMessage, type TraceEvent } from '@spantail/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeSocket, fakeSockets } from '../../support/client/fake-socket.ts';

const TRACE = 'a'.repeat(32);
const OTHER = 'b'.repeat(32);
const at = (place: number): string => `00000000.e.${place}-0.00000000`;
const event: TraceEvent = { type: 'close', spanId: '1'.repeat(16), endUs: 1, status: 'ok' };
const frame = (place: number, streamId = TRACE): ServerMessage => ({
  type: 'events',
  streamId,
  prev: at(place),
  cursor: at(place + 1),
  events: [encodeEvent(event)],
});
const subscribed = (streamId = TRACE): ServerMessage => ({
  type: 'subscribed',
  streamId,
  cursor: at(0),
});

function setUp() {
  const { sockets, WebSocket } = fakeSockets();
  const client = createClient({ url: 'ws://gateway', webSocket: WebSocket, random: () => 0.5 });
  const states: ConnectionState['kind'][] = [];
  client.on('status', ({ kind }) => states.push(kind));
  const last = (): FakeSocket => {
    const socket = sockets.at(-1);
    if (socket === undefined) throw new Error('no socket was made');
    return socket;
  };
  return { client, sockets, states, last };
}

describe('the client over a WebSocket in the test’s hand', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    // Whatever the test did: nothing may be left that keeps a program alive.
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('[CL16] survives a socket that answers while it is sent to', () => {
    const { client, last } = setUp();
    const run = client.watch(TRACE);
    const statuses: string[] = [];
    run.on('status', (status) => statuses.push(status));
    const socket = last();
    socket.onSend = (message) => {
      if (message.type !== 'subscribe') return;
      socket.say(subscribed());
      socket.say(frame(0));
      socket.say({ type: 'live', streamId: TRACE, cursor: at(1) });
    };
    socket.open();
    expect(statuses).toEqual(['catching-up', 'live']);
    expect([run.status, run.cursor, run.tree.spanCount]).toEqual(['live', at(1), 1]);
    run.close();
    expect(socket.closes).toBe(1);
  });

  it('[CL12, CL16] may be closed from a listener of its status', () => {
    for (const kind of ['connecting', 'open', 'waiting', 'failed'] as const) {
      const { client, last } = setUp();
      client.on('status', (state) => {
        if (state.kind === kind) client.close();
      });
      const run = client.watch(TRACE);
      if (kind !== 'connecting') {
        last().open();
        last().end(kind === 'failed' ? 4406 : 1006);
      }
      expect(run.status).toBe('closed');
      expect(last().sent).toEqual(kind === 'waiting' || kind === 'failed' ? [subscribe()] : []);
    }
  });

  it('[CL12] lets a socket go while it connects, whatever that socket says', () => {
    const { client, last } = setUp();
    const run = client.watch(TRACE);
    run.close();
    expect(last().closes).toBe(1);
    last().open();
    last().say(subscribed());
    last().end(1006);
    expect(last().sent).toEqual([]);
    client.close();
  });

  it('[CL2] subscribes again to a stream it left only when that was answered', () => {
    const { client, last } = setUp();
    const keeper = client.watch(OTHER);
    const socket = last();
    socket.open();
    const first = client.watch(TRACE, { after: at(7) });
    first.close();
    const second = client.watch(TRACE);
    expect(socket.sent.slice(1)).toEqual([
      { ...subscribe(), after: at(7) },
      { type: 'unsubscribe', streamId: TRACE },
    ]);
    // Of the first: none of it is the second's.
    socket.say({ type: 'subscribed', streamId: TRACE, cursor: at(7) });
    socket.say(frame(7));
    socket.say({ type: 'error', streamId: TRACE, code: 'CURSOR_INVALID', message: 'm' });
    expect([second.status, second.cursor]).toEqual(['connecting', undefined]);
    socket.say({ type: 'unsubscribed', streamId: TRACE });
    expect(socket.sent.at(-1)).toEqual(subscribe());
    socket.say(subscribed());
    socket.say(frame(0));
    expect(second.cursor).toBe(at(1));
    second.close();
    keeper.close();
  });

  it('[CL10] cuts a connection on which nothing is heard, and connects again', () => {
    const { client, sockets, states, last } = setUp();
    const run = client.watch(TRACE);
    const first = last();
    first.open();
    first.say({ type: 'hello', protocol: 'spantail.v1', heartbeatMs: 1_000 });
    for (let second = 0; second < 10; second++) {
      vi.advanceTimersByTime(1_000);
      first.say({ type: 'heartbeat' });
    }
    expect(states).toEqual(['connecting', 'open']);
    vi.advanceTimersByTime(4_000);
    expect(states.slice(2, 3)).toEqual(['waiting']);
    expect([first.terminations, first.closes]).toEqual([1, 0]);
    vi.advanceTimersByTime(15_000);
    expect(sockets).toHaveLength(2);
    last().open();
    expect(last().sent).toEqual([subscribe()]);
    run.close();
  });

  it('[CL10] bounds how long connecting may take', () => {
    const { client, states } = setUp();
    const run = client.watch(TRACE);
    vi.advanceTimersByTime(40_000);
    expect(states.slice(0, 2)).toEqual(['connecting', 'waiting']);
    run.close();
  });

  it('[CL6] tries a fault again after a while, and forgets it when it is closed', () => {
    const { client, last } = setUp();
    const run = client.watch(TRACE);
    last().open();
    const fault: ServerMessage = { type: 'error', streamId: TRACE, code: 'INTERNAL', message: 'm' };
    last().say(fault);
    expect(last().sent).toHaveLength(1);
    vi.advanceTimersByTime(250);
    expect(last().sent).toEqual([subscribe(), subscribe()]);
    last().say(fault);
    run.close();
    vi.advanceTimersByTime(1_000);
    expect(last().sent).toHaveLength(3);
  });

  it('[CL8] fails when the platform refuses to make a socket, after listeners could be put on', async () => {
    const { WebSocket } = fakeSockets();
    class Refusing extends WebSocket {
      constructor() {
        super('ws://gateway', '');
        throw new Error('an insecure socket on a secure page');
      }
    }
    const client = createClient({ url: 'ws://gateway', webSocket: Refusing });
    const run = client.watch(TRACE);
    const error = await new Promise<SpantailError>((resolve) => run.on('error', resolve));
    expect(error).toMatchObject({ code: 'BAD_MESSAGE' });
    expect(error.message).toContain('insecure');
    client.close();
  });

  it('[CL7] begins again from its place after a message that is none', () => {
    const { client, last, sockets } = setUp();
    const run = client.watch(TRACE);
    last().open();
    last().say(subscribed());
    last().say(frame(0));
    last().give(new Uint8Array([0xc1]).buffer);
    expect(run.status).toBe('connecting');
    vi.advanceTimersByTime(250);
    expect(sockets).toHaveLength(2);
    last().open();
    expect(last().sent).toEqual([{ ...subscribe(), after: at(1) }]);
    run.close();
  });

  it('takes bytes in whatever form the platform gives them, and ignores text', () => {
    const { client, last } = setUp();
    const run = client.watch(TRACE);
    last().open();
    last().say(subscribed());
    last().give('text');
    last().give(null);
    const bytes = Buffer.from(encodeFrame(0));
    last().give(bytes);
    expect(run.cursor).toBe(at(1));
    run.close();
  });

  it('tells of a complaint that is no subscription’s', () => {
    const { client, last } = setUp();
    const errors: SpantailError[] = [];
    client.on('error', (error) => errors.push(error));
    const run = client.watch(TRACE);
    last().open();
    last().say({ type: 'error', code: 'BAD_MESSAGE', message: 'what?' });
    expect(errors).toMatchObject([{ code: 'BAD_MESSAGE', message: 'what?' }]);
    run.close();
  });

  it('[CL7] says what the socket said went wrong', () => {
    const { client, last } = setUp();
    const reasons: string[] = [];
    client.on('status', (state) => {
      if (state.kind === 'waiting') reasons.push(state.reason);
    });
    const run = client.watch(TRACE);
    last().onerror?.({ message: 'connect ECONNREFUSED' } as never);
    last().end(1006);
    expect(reasons).toEqual(['connect ECONNREFUSED']);
    run.close();
  });
});

function subscribe(): { type: 'subscribe'; streamId: string } {
  return { type: 'subscribe', streamId: TRACE };
}

function encodeFrame(place: number): Uint8Array {
  const socket = new FakeSocket();
  let bytes = new Uint8Array();
  socket.onmessage = ({ data }: { data: ArrayBuffer }) => {
    bytes = new Uint8Array(data);
  };
  socket.say(frame(place));
  return bytes;
}
