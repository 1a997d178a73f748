import { batchProducer, leaseHolder } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import type { EventLog, LapsedLease, StreamName } from 'spantail';
import { eventually } from '../../support/gateway.ts';
import { appendMany, batchOf, newStream, numbersIn, type Suite } from './harness.ts';

const HOUR_MS = 3_600_000;
const CONFLICT = { outcome: 'conflict', position: '', missing: [] };

async function lapsedIn(log: EventLog, stream: StreamName): Promise<LapsedLease[]> {
  const leases = await log.lapsed(1_000);
  return leases.filter(({ streamId }) => streamId === stream.streamId);
}

/** Waits until the leases of these producers, and no others, have lapsed. */
async function waitForLapse(
  log: EventLog,
  stream: StreamName,
  ...producers: string[]
): Promise<LapsedLease[]> {
  let leases: LapsedLease[] = [];
  await eventually(async () => {
    leases = await lapsedIn(log, stream);
    return leases.length >= producers.length;
  }, `the leases of ${producers.join()} lapse`);
  expect(leases.map(({ producer }) => producer).sort()).toEqual([...producers].sort());
  return leases;
}

/** Producers' leases: set, renewed, lapsed, ended. */
export const leaseSuite: Suite = (harness) => {
  describe('leases', () => {
    it('[LOG27] a lease lapses when its producer is silent, by the clock that gave the positions', async () => {
      const log = await harness.open();
      const stream = newStream('other');
      const { position } = await log.append(batchOf(stream, 1, { producer: 'a', leaseMs: 40 }));
      await log.append(batchOf(stream, 1, { producer: 'b', leaseMs: HOUR_MS }));
      await log.append(batchOf(stream, 1, { producer: 'c' }));
      const [lease] = await waitForLapse(log, stream, 'a');
      const seenAtMs = lease?.seenAtMs ?? 0;
      expect(lease).toEqual({ ...stream, producer: 'a', seenAtMs, lapsedAtMs: seenAtMs + 40 });
      expect(Math.abs(seenAtMs - Number(position.split('-')[0]))).toBeLessThan(1_000);
    });

    it('[LOG27] every batch with a lease renews it, one without leaves it, and `fin` ends it', async () => {
      const log = await harness.open();
      const stream = newStream();
      for (const producer of ['a', 'b', 'c', 'd'])
        await log.append(batchOf(stream, 1, { producer, leaseMs: 1 }));
      await waitForLapse(log, stream, 'a', 'b', 'c', 'd');
      await log.append(batchOf(stream, 2, { producer: 'a', leaseMs: HOUR_MS }));
      await log.append(batchOf(stream, 2, { producer: 'b' }));
      await log.append(batchOf(stream, 2, { producer: 'c', fin: true }));
      await log.append(batchOf(stream, 2, { producer: 'd', fin: true, leaseMs: 1 }));
      expect(await waitForLapse(log, stream, 'b')).toHaveLength(1);
    });

    it('[LOG27] the newest batch that comes again renews too, an older one changes nothing', async () => {
      const log = await harness.open();
      const stream = newStream();
      const [first, second] = [1, 2].map((number) =>
        batchOf(stream, number, { leaseMs: 1, fin: number === 3 }),
      );
      if (first === undefined || second === undefined) throw new Error('two batches');
      await log.append(first);
      await log.append(second);
      await waitForLapse(log, stream, 'p');
      await log.append({ ...first, leaseMs: HOUR_MS });
      await waitForLapse(log, stream, 'p');
      await log.append({ ...second, leaseMs: HOUR_MS });
      expect(await lapsedIn(log, stream)).toEqual([]);

      await log.append(batchOf(stream, 3, { fin: true }));
      await log.append({ ...second, leaseMs: 1 });
      expect(await log.renew(stream, 'p', 1)).toBe(false);
    });

    it('[LE10] batches named after their content share the lease of their source', async () => {
      const log = await harness.open();
      const stream = newStream();
      const [first, second, third] = ['a', 'b', 'c'].map((digit) =>
        batchProducer('otlp', digit.repeat(24)),
      );
      await log.append(batchOf(stream, 1, { producer: first ?? '', leaseMs: 1 }));
      await waitForLapse(log, stream, 'otlp');
      await log.append(batchOf(stream, 1, { producer: second ?? '', leaseMs: HOUR_MS }));
      expect(await lapsedIn(log, stream)).toEqual([]);
      expect(await log.renew(stream, 'otlp', 1)).toBe(true);
      await waitForLapse(log, stream, 'otlp');
      await log.append(batchOf(stream, 1, { producer: third ?? '', fin: true }));
      expect(await log.renew(stream, 'otlp', 1)).toBe(false);
      expect(leaseHolder('otlp:short')).toBe('otlp:short');
    });

    it('[LOG28] is renewed without an entry, also when it has lapsed', async () => {
      const log = await harness.open();
      const stream = newStream();
      const { position } = await log.append(batchOf(stream, 1, { leaseMs: 1 }));
      const [before] = await waitForLapse(log, stream, 'p');
      expect(await log.renew(stream, 'p', HOUR_MS)).toBe(true);
      expect(await lapsedIn(log, stream)).toEqual([]);
      expect(await log.renew(stream, 'p', 1)).toBe(true);
      const [after] = await waitForLapse(log, stream, 'p');
      expect(after?.seenAtMs).toBeGreaterThanOrEqual(before?.lapsedAtMs ?? Infinity);
      expect(await log.tail(stream)).toMatchObject({ last: position });
    });

    it('[LOG28] without a lease there is nothing to renew', async () => {
      const log = await harness.open();
      const stream = newStream();
      expect(await log.renew(stream, 'p', 1)).toBe(false);
      expect(await log.tail(stream)).toBeUndefined();
      await log.append(batchOf(stream, 1));
      expect(await log.renew(stream, 'p', 1)).toBe(false);
      await log.append(batchOf(stream, 2, { leaseMs: 1 }));
      expect(await log.renew({ ...stream, project: 'other' }, 'p', 1)).toBe(false);
      expect(await log.renew(stream, 'q', 1)).toBe(false);
      await waitForLapse(log, stream, 'p');
      await log.append(batchOf(stream, 1, { producer: 'watch' }), { ifLapsed: 'p' });
      expect(await log.renew(stream, 'p', 1)).toBe(false);
      expect(await lapsedIn(log, stream)).toEqual([]);
    });

    it('[LOG28] a renewal keeps the stream from expiring', async () => {
      const ttlMs = 400;
      const log = await harness.open({ ttlMs });
      const [renewed, left] = [newStream(), newStream()];
      await log.append(batchOf(renewed, 1, { leaseMs: HOUR_MS }));
      let renewals = 0;
      for (let round = 0; round < 3; round++) {
        await log.append(batchOf(left, round + 1));
        await eventually(async () => {
          if (await log.renew(renewed, 'p', HOUR_MS)) renewals++;
          return (await log.tail(left)) === undefined;
        }, 'another stream expires');
      }
      expect(await numbersIn(log, renewed)).toEqual([1]);
      expect(renewals).toBeGreaterThan(3);
    });

    it('[LOG29] an append for a lapsed lease ends that lease, once', async () => {
      const log = await harness.open();
      const stream = newStream();
      await log.append(batchOf(stream, 1, { leaseMs: 1 }));
      await waitForLapse(log, stream, 'p');
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          log.append(batchOf(stream, 1, { producer: `w${i}`, fin: true }), { ifLapsed: 'p' }),
        ),
      );
      expect(results.filter(({ outcome }) => outcome === 'appended')).toHaveLength(1);
      expect(results.filter(({ outcome }) => outcome === 'conflict')).toHaveLength(7);
      expect(await lapsedIn(log, stream)).toEqual([]);
      expect(await numbersIn(log, stream)).toEqual([1, 1]);
    });

    it('[LOG29] nothing is appended while the producer lives, has finished, or never had a lease', async () => {
      const log = await harness.open();
      const stream = newStream();
      await log.append(batchOf(stream, 1, { producer: 'a', leaseMs: HOUR_MS }));
      await log.append(batchOf(stream, 1, { producer: 'b', leaseMs: 1 }));
      await log.append(batchOf(stream, 1, { producer: 'c', leaseMs: 1 }));
      await log.append(batchOf(stream, 1, { producer: 'd' }));
      await waitForLapse(log, stream, 'b', 'c');
      await log.renew(stream, 'b', HOUR_MS);
      await log.append(batchOf(stream, 2, { producer: 'c', fin: true }));
      for (const ifLapsed of ['a', 'b', 'c', 'd', 'e'])
        expect(await log.append(batchOf(stream, 1, { producer: 'w' }), { ifLapsed })).toEqual(
          CONFLICT,
        );
      expect(await numbersIn(log, stream)).toEqual([1, 1, 1, 1, 2]);
      // The living one's lease is as it was.
      expect(await log.renew(stream, 'a', HOUR_MS)).toBe(true);
    });

    it('[LOG29] a conflict about the tail leaves the lease', async () => {
      const log = await harness.open();
      const stream = newStream();
      await log.append(batchOf(stream, 1, { leaseMs: 1 }));
      await waitForLapse(log, stream, 'p');
      const request = batchOf(stream, 1, { producer: 'w' });
      expect(await log.append(request, { ifLapsed: 'p', expectLast: '1-1' })).toEqual(CONFLICT);
      expect((await log.append(request, { ifLapsed: 'p' })).outcome).toBe('appended');
    });

    it('[LOG29] an entry without events is not written, and the lease ends all the same', async () => {
      const log = await harness.open();
      const stream = newStream();
      const { position } = await log.append(batchOf(stream, 1, { leaseMs: 1 }));
      await waitForLapse(log, stream, 'p');
      const empty = { ...batchOf(stream, 1, { producer: 'w', fin: true }), events: [] };
      expect(await log.append(empty, { ifLapsed: 'p' })).toEqual(CONFLICT);
      expect(await lapsedIn(log, stream)).toEqual([]);
      expect(await log.tail(stream)).toMatchObject({ last: position });
    });

    it('[LOG29] a stream that has gone is not brought back', async () => {
      const log = await harness.open();
      const stream = newStream();
      await log.append(batchOf(stream, 1, { leaseMs: 1 }));
      await log.expire(stream, 50);
      await eventually(async () => (await log.tail(stream)) === undefined, 'the stream is gone');
      expect(await log.append(batchOf(stream, 1, { producer: 'w' }), { ifLapsed: 'p' })).toEqual(
        CONFLICT,
      );
      expect(await log.tail(stream)).toBeUndefined();
      expect(await lapsedIn(log, stream)).toEqual([]);
    });

    it('[LOG27] lapsed leases are told of longest first, and no more than were asked for', async () => {
      const log = await harness.open();
      const streams = Array.from({ length: 12 }, () => newStream());
      const order: string[] = [];
      for (const stream of streams) {
        await log.append(batchOf(stream, 1, { leaseMs: 1 }));
        // A millisecond of their own each.
        await waitForLapse(log, stream, 'p');
        order.push(stream.streamId);
      }
      const leases = await log.lapsed(1_000);
      expect(leases.map(({ streamId }) => streamId)).toEqual(order);
      expect(await log.lapsed(5)).toEqual(leases.slice(0, 5));
    });

    it('[LOG27] holds a lease for each producer and stream by itself', async () => {
      const log = await harness.open();
      const [one, two] = [newStream(), newStream()];
      await appendMany(log, two, 1, 3);
      for (const producer of ['a:b.c', 'a_b-c'])
        for (const stream of [one, two])
          await log.append(batchOf(stream, 9, { producer, leaseMs: 1 }));
      await waitForLapse(log, one, 'a:b.c', 'a_b-c');
      await log.append(batchOf(one, 1, { producer: 'w' }), { ifLapsed: 'a:b.c' });
      await waitForLapse(log, one, 'a_b-c');
      await waitForLapse(log, two, 'a:b.c', 'a_b-c');
    });
  });
};
