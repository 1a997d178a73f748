import { FramePlaces, SpantailError } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { ItemQueue } from '../../../client/src/subscription/item-queue.ts';

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
    const timeMs = 2;
    const taken = async (): Promise<unknown> => queue.take();
    const event = (length: number, cursor: string): object => ({
      kind: 'event',
      bytes: bytes(length),
      cursor,
      timeMs: expect.anything() as number,
    });
    expect(await taken()).toEqual({ ...event(1, `${prev}~1`), timeMs });
    expect(await taken()).toEqual(event(2, `${prev}~3`));
    expect(await taken()).toEqual(event(3, `${prev}~4`));
    expect(await taken()).toEqual(event(4, 'end'));
  });

  it('[CU2] names each event by its own entry, also where a frame begins inside one', () => {
    const at = (position: string, skip = ''): string => `00000000.e.${position}.0000000a${skip}`;
    const entries = [
      { position: '2000-0', check: '0000000a', count: 2 },
      { position: '2000-1', check: '0000000a', count: 1 },
      { position: '3000-0', check: '0000000a', count: 3 },
    ];
    const places = new FramePlaces({ prev: at('1000-0', '~5'), cursor: at('4000-0'), entries }, 6);
    const cursors = [
      at('1000-0', '~6'),
      at('2000-0'),
      at('2000-1'),
      at('2000-1', '~1'),
      at('2000-1', '~2'),
      at('3000-0'),
    ];
    expect(cursors.map((_, i) => places.cursor(i))).toEqual(cursors);
    expect(cursors.map((_, i) => places.timeMs(i))).toEqual([2000, 2000, 2000, 3000, 3000, 3000]);
    // In any order of asking.
    expect(cursors.map((_, i) => places.cursor(5 - i))).toEqual(cursors.toReversed());
    // One entry: the frame's own cursor.
    const plain = new FramePlaces({ prev: at('1000-0'), cursor: at('2000-0') }, 2);
    expect([plain.cursor(0), plain.cursor(1)]).toEqual([at('1000-0', '~1'), at('2000-0')]);
    expect(plain.timeMs(0)).toBe(2000);
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
