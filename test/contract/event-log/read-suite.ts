import type { LogEntry } from 'spantail';
import { describe, expect, it } from 'vitest';
import {
  WHOLE,
  appendMany,
  batchOf,
  newStream,
  numbersIn,
  readAll,
  type Suite,
} from './harness.ts';

/** Where a read begins and ends. */
export const readSuite: Suite = (harness) => {
  describe('read', () => {
    it('[LOG6] begins behind `after` and ends at `until` or after `maxEntries`', async () => {
      const log = await harness.open();
      const stream = newStream();
      const positions = await appendMany(log, stream, 1, 40);
      const at = (number: number): string => positions[number - 1] ?? '';
      const read = async (bounds: object): Promise<number[]> =>
        (await log.read(stream, { ...WHOLE, ...bounds })).map((entry) => entry.number);

      expect(await read({ after: at(37) })).toEqual([38, 39, 40]);
      expect(await read({ after: at(40) })).toEqual([]);
      expect(await read({ until: at(2) })).toEqual([1, 2]);
      expect(await read({ after: at(4), until: at(6) })).toEqual([5, 6]);
      expect(await read({ after: at(6), until: at(6) })).toEqual([]);
      expect(await read({ after: at(6), until: at(4) })).toEqual([]);
      expect(await read({ after: at(10), maxEntries: 2 })).toEqual([11, 12]);
      expect(await read({ maxEntries: 33 })).toHaveLength(33);
      expect(await read({ after: '9999999999999-0' })).toEqual([]);
    });

    it('[LOG6] ends behind the entry that reaches `maxBytes`', async () => {
      const log = await harness.open();
      const stream = newStream();
      for (let number = 1; number <= 60; number++)
        await log.append(batchOf(stream, number, { events: [new Uint8Array(number * 10)] }));
      const sizes = (await readAll(log, stream)).map((entry) => entry.events.byteLength);
      const sum = (count: number): number => sizes.slice(0, count).reduce((a, b) => a + b, 0);
      for (const count of [1, 2, 15, 16, 17, 40, 60]) {
        const exactly = await log.read(stream, { ...WHOLE, maxBytes: sum(count) });
        expect(exactly).toHaveLength(count);
        const oneMore = await log.read(stream, { ...WHOLE, maxBytes: sum(count) + 1 });
        expect(oneMore).toHaveLength(Math.min(60, count + 1));
      }
      expect(await log.read(stream, { ...WHOLE, maxBytes: 1 })).toHaveLength(1);
    });

    it('[LOG6] gives an entry larger than `maxBytes` whole', async () => {
      const log = await harness.open();
      const stream = newStream();
      const [small, large] = [new Uint8Array(8), new Uint8Array(3_000_000).fill(7)];
      for (let number = 1; number <= 40; number++)
        await log.append(batchOf(stream, number, { events: [number <= 20 ? small : large] }));
      const pages: number[][] = [];
      let after = '0-0';
      for (;;) {
        const page = await log.read(stream, { ...WHOLE, after, maxBytes: 1_000_000 });
        if (page.length === 0) break;
        pages.push(page.map((entry) => entry.number));
        after = (page.at(-1) as LogEntry).position;
      }
      const first = Array.from({ length: 21 }, (_, i) => i + 1);
      expect(pages).toEqual([first, ...Array.from({ length: 19 }, (_, i) => [22 + i])]);
    });

    it('[LOG6] page by page gives the same as in one go', async () => {
      const log = await harness.open();
      const stream = newStream();
      await Promise.all(Array.from({ length: 700 }, (_, i) => log.append(batchOf(stream, i + 1))));
      for (const maxEntries of [1, 7, 64, 699, 700, 701]) {
        const numbers: number[] = [];
        let after = '0-0';
        for (;;) {
          const page = await log.read(stream, { ...WHOLE, after, maxEntries });
          if (page.length === 0) break;
          numbers.push(...page.map((entry) => entry.number));
          after = (page.at(-1) as LogEntry).position;
        }
        expect(numbers).toEqual(await numbersIn(log, stream));
      }
    });

    it('[LOG6] finds nothing where nothing is', async () => {
      const log = await harness.open();
      const stream = newStream();
      expect(await readAll(log, stream)).toEqual([]);
      expect(await log.entry(stream, '1-0')).toBeUndefined();
      const { position } = await log.append(batchOf(stream, 1));
      expect(await log.entry(stream, `${position}9`)).toBeUndefined();
    });
  });
};
