import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/gateway.ts';
import { batchOf, newStream, type Suite } from './harness.ts';

/** Who hears of an append. */
export const doorbellSuite: Suite = (harness) => {
  describe('doorbell', () => {
    it('[LOG8] rings after each append, also of a stream that did not exist', async () => {
      const log = await harness.open();
      const stream = newStream();
      let rings = 0;
      const listener = await log.listen(stream, () => rings++);
      for (let number = 1; number <= 30; number++) {
        rings = 0;
        await log.append(batchOf(stream, number));
        await eventually(() => rings > 0, `append ${number} is heard`);
      }
      listener.close();
    });

    it('[LOG8] what rang can be read', async () => {
      const log = await harness.open();
      const stream = newStream();
      const seen: number[] = [];
      let after = '0-0';
      const readNew = async (): Promise<void> => {
        const bounds = { after, maxEntries: 1_000, maxBytes: 1e6 };
        for (const entry of await log.read(stream, bounds)) {
          seen.push(entry.number);
          after = entry.position;
        }
      };
      let reading = Promise.resolve();
      const listener = await log.listen(stream, () => {
        reading = reading.then(readNew);
      });
      // Bursts: a ring may stand for many appends, but the last one is never left out.
      for (let burst = 0; burst < 20; burst++) {
        const numbers = Array.from({ length: 25 }, (_, i) => burst * 25 + i + 1);
        await Promise.all(numbers.map((number) => log.append(batchOf(stream, number))));
        await eventually(() => seen.length === (burst + 1) * 25, `burst ${burst} is read`);
      }
      expect(seen).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
      listener.close();
      await reading;
    });

    it('[LOG8] rings for everyone who listens, and for nobody who has stopped', async () => {
      const log = await harness.open();
      const [stream, other] = [newStream(), newStream()];
      const rings = { a: 0, b: 0, other: 0 };
      const ringA = (): number => rings.a++;
      const [first, second, , elsewhere] = await Promise.all([
        log.listen(stream, ringA),
        log.listen(stream, ringA),
        log.listen(stream, () => rings.b++),
        log.listen(other, () => rings.other++),
      ]);
      await log.append(batchOf(stream, 1));
      await eventually(() => rings.a >= 2 && rings.b >= 1, 'all are rung');
      expect(rings.other).toBe(0);

      first.close();
      first.close();
      second.close();
      const before = rings.a;
      await log.append(batchOf(stream, 2));
      await eventually(() => rings.b >= 2, 'the one who still listens is rung');
      expect(rings.a).toBe(before);
      elsewhere.close();
    });

    it('[LOG8] rings for who stops and listens again', async () => {
      const log = await harness.open();
      const stream = newStream();
      for (let round = 1; round <= 20; round++) {
        let rung = false;
        const listener = await log.listen(stream, () => {
          rung = true;
        });
        await log.append(batchOf(stream, round));
        await eventually(() => rung, `round ${round} is heard`);
        // Stopped and begun again in one turn: the old subscription must not take the new one along.
        const gone = log.listen(stream, () => {});
        listener.close();
        (await gone).close();
      }
    });
  });
};
