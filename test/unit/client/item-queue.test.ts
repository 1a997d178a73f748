import { SpantailError } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { ItemQueue, eventCursor } from '../../../client/src/subscription/item-queue.ts';

const bytes = (length: number): Uint8Array => new Uint8Array(length);
const prev = '00000000.e.1-0.00000000';
const cursor = '00000000.e.2-0.00000000';
const ample = { maxEvents: 100, maxBytes: 1_000 };

describe('the queue of a slow consumer', () => {
  it('[CL3, CU2] gives each event with its cursor, the last with the frame’s', async () => {
    const queue = new ItemQueue(ample);
    const events = [bytes(1), null, bytes(2), bytes(3), null];
    queue.pushFrame({ prev, cursor, events });
    queue.pushFrame({ prev: cursor, cursor: 'end', events: [bytes(4)] });
    expect(await queue.take()).toEqual({ kind: 'event', bytes: bytes(1), cursor: `${prev}~1` });
    expect(await queue.take()).toEqual({ kind: 'event', bytes: bytes(2), cursor: `${prev}~3` });
    expect(await queue.take()).toEqual({ kind: 'event', bytes: bytes(3), cursor: `${prev}~4` });
    expect(await queue.take()).toEqual({ kind: 'event', bytes: bytes(4), cursor: 'end' });
  });

  it('counts on from the skip of a frame that begins in the middle of an entry', () => {
    const frame = { prev: `${prev}~5`, cursor, events: [bytes(1), bytes(1), bytes(1)] };
    expect([0, 1, 2].map((i) => eventCursor(frame, i))).toEqual([`${prev}~6`, `${prev}~7`, cursor]);
  });

  it('keeps notices in their place, and holds nothing of a frame without events', async () => {
    const queue = new ItemQueue(ample);
    queue.pushFrame({ prev, cursor, events: [bytes(1)] });
    queue.pushNotice({ type: 'reset', reason: 'lost' });
    queue.pushFrame({ prev, cursor, events: [] });
    queue.pushFrame({ prev, cursor, events: [null, null] });
    queue.pushFrame({ prev, cursor, events: [bytes(2)] });
    const kinds: unknown[] = [];
    for (let i = 0; i < 3; i++) kinds.push((await queue.take())?.kind);
    expect(kinds).toEqual(['event', 'notice', 'event']);
    let settled = false;
    const waiting = queue.take().finally(() => {
      settled = true;
    });
    await Promise.resolve();
    expect(settled).toBe(false);
    queue.end();
    expect(await waiting).toBeUndefined();
  });

  it.each([
    ['events', { maxEvents: 4, maxBytes: 1_000 }, 1],
    ['bytes', { maxEvents: 1_000, maxBytes: 40 }, 10],
  ])('[CL11] is full by its %s, and has room when half was taken', async (_, limits, size) => {
    const queue = new ItemQueue(limits);
    queue.pushFrame({ prev, cursor, events: [bytes(size), bytes(size), bytes(size)] });
    expect(queue.full).toBe(false);
    queue.pushFrame({ prev, cursor, events: [bytes(size)] });
    expect(queue.full).toBe(true);
    const states: boolean[] = [];
    for (let i = 0; i < 4; i++) {
      await queue.take();
      states.push(queue.halfEmpty);
    }
    expect(states).toEqual([false, true, true, true]);
    expect(queue.full).toBe(false);
  });

  it('wakes who waits: with an item, the end, or the error, which stays', async () => {
    const waiting = new ItemQueue(ample);
    const item = waiting.take();
    waiting.pushNotice({ type: 'live' });
    expect(await item).toEqual({ kind: 'notice', notice: { type: 'live' } });

    const failing = new ItemQueue(ample);
    failing.pushFrame({ prev, cursor, events: [bytes(1)] });
    const error = new SpantailError('CURSOR_INVALID', 'no');
    failing.end(error);
    failing.end();
    expect((await failing.take())?.kind).toBe('event');
    await expect(failing.take()).rejects.toBe(error);
    await expect(failing.take()).rejects.toBe(error);
  });
});
