import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/gateway.ts';
import { NO_STEALING, appendMany, batchOf, newStream, takeAll, type Suite } from './harness.ts';

const SOON = { ...NO_STEALING, waitMs: 20_000 };

/** Traces with news, each with one consumer at a time. */
export const workSuite: Suite = (harness) => {
  describe('work queue', () => {
    it('[LOG9] gives each trace once, to one consumer', async () => {
      const log = await harness.open();
      const streams = Array.from({ length: 40 }, () => newStream());
      for (const stream of streams) await appendMany(log, stream, 1, 3);
      const items = await takeAll(log, 'a');
      const ids = items.map((item) => item.streamId);
      expect(ids.toSorted()).toEqual(streams.map((stream) => stream.streamId).toSorted());
      expect(await takeAll(log, 'b')).toEqual([]);

      await log.acknowledge(items);
      expect(await takeAll(log, 'b')).toEqual([]);
      expect(await takeAll(log, 'a')).toEqual([]);
    });

    it('[LOG9] gives no more than asked for, and the rest to others', async () => {
      const log = await harness.open();
      for (let i = 0; i < 10; i++) await log.append(batchOf(newStream(), 1));
      const taken = await log.takeWork('a', { ...NO_STEALING, maxItems: 3 });
      expect(taken.length).toBeGreaterThan(0);
      expect(taken.length).toBeLessThanOrEqual(3);
      expect(await takeAll(log, 'b')).toHaveLength(10 - taken.length);
    });

    it('[LOG9] wakes who waits, and lets who waits for nothing go', async () => {
      const log = await harness.open();
      const waiting = log.takeWork('a', SOON);
      const stream = newStream();
      await log.append(batchOf(stream, 1));
      expect(await waiting).toMatchObject([stream]);
      expect(await log.takeWork('a', { ...NO_STEALING, waitMs: 20 })).toEqual([]);
      const stop = new AbortController();
      const stopped = log.takeWork('a', { ...SOON, waitMs: 3e6, signal: stop.signal });
      stop.abort();
      expect(await stopped).toEqual([]);
    });

    it('[LOG9] queues a trace again that has news after it was acknowledged', async () => {
      const log = await harness.open();
      const stream = newStream();
      for (let number = 1; number <= 5; number++) {
        await log.append(batchOf(stream, number));
        const items = await log.takeWork(`c${number}`, SOON);
        expect(items).toMatchObject([stream]);
        await log.acknowledge(items);
      }
    });

    it('[LOG10] tells the holder of news, and nobody else', async () => {
      const log = await harness.open();
      const stream = newStream();
      await log.append(batchOf(stream, 1));
      const first = await log.takeWork('a', SOON);
      for (let number = 2; number <= 6; number++) {
        await log.append(batchOf(stream, number));
        expect(await takeAll(log, 'b')).toEqual([]);
        expect(await log.takeWork('a', SOON)).toEqual(first);
      }
      await log.acknowledge(first);
      expect(await takeAll(log, 'b')).toEqual([]);
    });

    it('[LOG10] puts a trace back that got entries while it was held', async () => {
      const log = await harness.open();
      const stream = newStream();
      await log.append(batchOf(stream, 1));
      const first = await log.takeWork('a', SOON);
      await log.append(batchOf(stream, 2));
      await log.acknowledge(first);
      const second = await log.takeWork('b', SOON);
      expect(second).toMatchObject([stream]);
      await log.acknowledge(second);
      expect(await takeAll(log, 'a')).toEqual([]);
    });

    it('[LOG11] gives away what was held too long; the former holder has no say any more', async () => {
      const log = await harness.open();
      const stream = newStream();
      await log.append(batchOf(stream, 1));
      const first = await log.takeWork('a', SOON);
      expect(await takeAll(log, 'b')).toEqual([]);
      const stolen = await log.takeWork('b', { ...SOON, stealAfterMs: 30 });
      expect(stolen).toMatchObject([stream]);

      await log.acknowledge(first);
      // Still held by the one who took it over: that one is told of news, and its word counts.
      await log.append(batchOf(stream, 2));
      expect(await takeAll(log, 'c')).toEqual([]);
      const again = await log.takeWork('b', SOON);
      expect(again).toMatchObject([stream]);
      await log.acknowledge(again);
      expect(await takeAll(log, 'c')).toEqual([]);
      await log.append(batchOf(stream, 3));
      expect(await log.takeWork('c', SOON)).toMatchObject([stream]);
    });

    it('[LOG12] never holds streams of the log itself', async () => {
      const log = await harness.open();
      const stream = newStream();
      for (const streamId of ['@runs', '@anything'])
        await log.append(batchOf({ project: 'default', streamId }, 1));
      await log.append(batchOf(stream, 1));
      expect(await takeAll(log, 'a')).toMatchObject([stream]);
    });

    it('[LOG10] misses no entry while several consumers work, steal and die', async () => {
      const log = await harness.open();
      const streams = Array.from({ length: 12 }, () => newStream());
      const seen = new Map<string, number>();
      const stop = new AbortController();
      let turn = 0;
      const work = async (consumer: string): Promise<void> => {
        while (!stop.signal.aborted) {
          const bounds = { maxItems: 4, waitMs: 50, stealAfterMs: 100, signal: stop.signal };
          const items = await log.takeWork(consumer, bounds);
          for (const item of items) {
            const entries = await log.read(item, { after: '0-0', maxEntries: 999, maxBytes: 1e6 });
            const newest = entries.at(-1)?.number ?? 0;
            seen.set(item.streamId, Math.max(seen.get(item.streamId) ?? 0, newest));
            // Every fifth is held for ever by one that is as good as dead.
            if (++turn % 5 !== 0) await log.acknowledge([item]);
          }
        }
      };
      const workers = ['a', 'b', 'c'].map(work);
      await Promise.all(streams.map((stream) => appendMany(log, stream, 1, 80)));
      await eventually(
        () => streams.every(({ streamId }) => seen.get(streamId) === 80),
        'the last entry of each trace was seen',
      );
      stop.abort();
      await Promise.all(workers);
    });
  });
};
