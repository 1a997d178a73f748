import { crc32 } from 'node:zlib';
import { decodeEventArray } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { batchOf, newStream, numbersIn, readAll, type Suite } from './harness.ts';

/** Order, idempotence, and appends that expect a tail. */
export const appendSuite: Suite = (harness) => {
  describe('append', () => {
    it('[LOG1] keeps entries in order, at growing positions, with their bytes', async () => {
      const log = await harness.open();
      const stream = newStream();
      const sent = Array.from({ length: 60 }, (_, i) =>
        batchOf(stream, i + 1, {
          producer: `p${i % 3}`,
          fin: i % 7 === 0,
          events: Array.from({ length: i % 4 }, (_event, j) => new Uint8Array(i * 40 + j).fill(i)),
        }),
      );
      const positions: string[] = [];
      for (const request of sent) positions.push((await log.append(request)).position);

      const entries = await readAll(log, stream);
      expect(entries.map((entry) => entry.position)).toEqual(positions);
      expect([...positions].sort(byPosition)).toEqual(positions);
      expect(new Set(positions).size).toBe(60);
      entries.forEach((entry, i) => {
        const { producer, number, fin, events } = sent[i] as (typeof sent)[number];
        expect(entry).toMatchObject({ producer, number, fin, count: events.length });
        expect(entry.end).toBeUndefined();
        expect(decodeEventArray(entry.events)).toEqual(events);
        expect(entry.check).toBe(crc32(entry.events).toString(16).padStart(8, '0'));
      });
      expect(await log.entry(stream, positions[7] ?? '')).toEqual(entries[7]);
    });

    it('[LOG1] keeps the mark of the end', async () => {
      const log = await harness.open();
      const stream = newStream();
      await log.append(batchOf(stream, 1));
      await log.append(batchOf(stream, 2, { events: [], fin: true }), { end: 'finished' });
      const [, end] = await readAll(log, stream);
      expect(end).toMatchObject({ end: 'finished', fin: true, count: 0 });
      expect(end?.events).toEqual(Uint8Array.of(0x90));
    });

    it('[LOG1] keeps projects apart', async () => {
      const log = await harness.open();
      const stream = newStream('one');
      await log.append(batchOf(stream, 1));
      const other = { ...stream, project: 'two' };
      expect(await log.tail(other)).toBeUndefined();
      expect(await readAll(log, other)).toEqual([]);
      expect((await log.append(batchOf(other, 1))).outcome).toBe('appended');
    });

    it('[LOG2] takes a batch once, and answers a duplicate of the newest with its position', async () => {
      const log = await harness.open();
      const stream = newStream();
      const first = await log.append(batchOf(stream, 1));
      expect(await log.append(batchOf(stream, 1))).toEqual({ ...first, outcome: 'duplicate' });
      const second = await log.append(batchOf(stream, 5));
      expect(await log.append(batchOf(stream, 1))).toMatchObject({ outcome: 'duplicate' });
      expect(await log.append(batchOf(stream, 4))).toMatchObject({ outcome: 'duplicate' });
      expect(await log.append(batchOf(stream, 5))).toEqual({ ...second, outcome: 'duplicate' });
      expect(await numbersIn(log, stream)).toEqual([1, 5]);
    });

    it('[LOG2] counts batches by producer and by stream', async () => {
      const log = await harness.open();
      const [stream, other] = [newStream(), newStream()];
      await log.append(batchOf(stream, 9, { producer: 'p' }));
      for (const request of [batchOf(stream, 1, { producer: 'q' }), batchOf(other, 1)])
        expect((await log.append(request)).outcome).toBe('appended');
      expect(await numbersIn(log, stream)).toEqual([9, 1]);
    });

    it('[LOG3] takes batches in the order in which they are handed over', async () => {
      const log = await harness.open();
      const stream = newStream();
      const appends = Array.from({ length: 200 }, (_, i) => log.append(batchOf(stream, i + 1)));
      const results = await Promise.all(appends);
      expect(results.every((result) => result.outcome === 'appended')).toBe(true);
      expect(await numbersIn(log, stream)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
    });

    it('[LOG4] appends only behind the expected tail', async () => {
      const log = await harness.open();
      const stream = newStream();
      const conflict = { outcome: 'conflict', position: '', missing: [] };
      expect(await log.append(batchOf(stream, 1), { expectLast: '1-1' })).toEqual(conflict);
      expect(await log.tail(stream)).toBeUndefined();

      const { position, outcome } = await log.append(batchOf(stream, 1), { expectLast: '0-0' });
      expect(outcome).toBe('appended');
      expect(await log.append(batchOf(stream, 2), { expectLast: '0-0' })).toEqual(conflict);
      const next = await log.append(batchOf(stream, 2), { expectLast: position });
      expect(next.outcome).toBe('appended');
      expect(await log.append(batchOf(stream, 3), { expectLast: position })).toEqual(conflict);
      // A conflict uses up no number.
      expect((await log.append(batchOf(stream, 3))).outcome).toBe('appended');
      expect(await numbersIn(log, stream)).toEqual([1, 2, 3]);
    });

    it('[LOG4] lets one of several win that expect the same tail', async () => {
      const log = await harness.open();
      const stream = newStream();
      const { position } = await log.append(batchOf(stream, 1));
      const results = await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          log.append(batchOf(stream, 1, { producer: `q${i}` }), { expectLast: position }),
        ),
      );
      expect(results.filter(({ outcome }) => outcome === 'appended')).toHaveLength(1);
      expect(results.filter(({ outcome }) => outcome === 'conflict')).toHaveLength(9);
      expect(await readAll(log, stream)).toHaveLength(2);
    });
  });
};

function byPosition(a: string, b: string): number {
  const [aMs = 0, aSeq = 0] = a.split('-').map(Number);
  const [bMs = 0, bSeq = 0] = b.split('-').map(Number);
  return aMs - bMs || aSeq - bSeq;
}
