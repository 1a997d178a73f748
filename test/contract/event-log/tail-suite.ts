import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/gateway.ts';
import {
  appendMany,
  batchOf,
  blobOf,
  newStream,
  numbersIn,
  readAll,
  takeAll,
  type Suite,
} from './harness.ts';

/** Where a stream stands, how it is cut short, and how it ends. */
export const tailSuite: Suite = (harness) => {
  describe('tail', () => {
    it('[LOG14] is the newest entry, and `first` is 0-0 while nothing was trimmed', async () => {
      const log = await harness.open();
      const stream = newStream();
      expect(await log.tail(stream)).toBeUndefined();
      const [one] = await appendMany(log, stream, 1, 1);
      const tail = await log.tail(stream);
      expect(tail).toEqual({
        epoch: expect.stringMatching(/^[0-9a-z]{1,16}$/),
        first: '0-0',
        last: one,
      });
      const positions = await appendMany(log, stream, 2, 150);
      expect(await log.tail(stream)).toEqual({ ...tail, last: positions.at(-1) });
    });

    it('[LOG14] `maxEntries` keeps about that many, the newest, and `first` names the oldest', async () => {
      const log = await harness.open();
      const stream = newStream();
      for (let number = 1; number <= 1_000; number++)
        await log.append(batchOf(stream, number), { maxEntries: 300 });
      const entries = await readAll(log, stream);
      expect(entries.length).toBeGreaterThanOrEqual(300);
      expect(entries.length).toBeLessThanOrEqual(450);
      const numbers = entries.map((entry) => entry.number);
      expect(numbers).toEqual(numbers.map((_, i) => 1_001 - numbers.length + i));
      expect(await log.tail(stream)).toMatchObject({
        first: entries[0]?.position,
        last: entries.at(-1)?.position,
      });
      // Trimmed, not forgotten.
      expect((await log.append(batchOf(stream, 10))).outcome).toBe('duplicate');
    });

    it('[LOG13] [LOG7] a stream not written disappears with its blobs; a new one has another epoch', async () => {
      const log = await harness.open({ ttlMs: 150 });
      const stream = newStream();
      const blob = blobOf(new Uint8Array(50));
      await log.append(batchOf(stream, 5, { blobs: [blob] }));
      const before = await log.tail(stream);
      await eventually(async () => (await log.tail(stream)) === undefined, 'the stream expires');
      expect(await readAll(log, stream)).toEqual([]);
      expect(await log.getBlobs(stream, [blob.ref])).toEqual([undefined]);
      expect(await takeAll(log, 'late')).toEqual([]);

      // Another history: numbers count anew, and nothing is before it.
      const again = await log.append(batchOf(stream, 1, { refs: [blob.ref] }), {
        expectLast: '0-0',
      });
      expect(again).toMatchObject({ outcome: 'appended', missing: [blob.ref] });
      const after = await log.tail(stream);
      expect(after?.epoch).not.toBe(before?.epoch);
    });

    it('[LOG13] every append renews the time to live, a duplicate and blobs alone too', async () => {
      const ttlMs = 1_500;
      const log = await harness.open({ ttlMs });
      const streams = [newStream(), newStream(), newStream()] as const;
      const blob = blobOf(new Uint8Array(50));
      for (const stream of streams) await log.append(batchOf(stream, 1, { blobs: [blob] }));
      const [{ epoch } = { epoch: '' }] = await Promise.all(streams.map((s) => log.tail(s)));
      const untilMs = performance.now() + 2 * ttlMs;
      for (let number = 2; performance.now() < untilMs; number++) {
        await log.append(batchOf(streams[0], number));
        await log.append(batchOf(streams[1], 1));
        await log.putBlobs(streams[2], [blob]);
      }
      expect((await log.tail(streams[0]))?.epoch).toBe(epoch);
      for (const stream of streams) {
        expect((await numbersIn(log, stream))[0]).toBe(1);
        expect(await log.getBlobs(stream, [blob.ref])).toEqual([blob.bytes]);
      }
    });
  });
};
