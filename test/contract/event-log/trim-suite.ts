import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/gateway.ts';
import {
  WHOLE,
  appendMany,
  batchOf,
  blobOf,
  newStream,
  numbersIn,
  readAll,
  takeAll,
  type Suite,
} from './harness.ts';

/** Reads that prove where they begin, trimming, and streams that are let go. */
export const trimSuite: Suite = (harness) => {
  describe('proven reads', () => {
    it('[LOG24] give the same as plain ones while the entry before them is there', async () => {
      const log = await harness.open();
      const stream = newStream();
      const positions = await appendMany(log, stream, 1, 60);
      for (const after of ['0-0', ...positions])
        for (const bounds of [{}, { maxEntries: 7 }, { maxBytes: 90 }, { until: positions[40] }]) {
          const options = { ...WHOLE, after, ...bounds } as typeof WHOLE;
          expect(await log.readProven(stream, options)).toEqual(await log.read(stream, options));
        }
    });

    it('[LOG24] refuse a place where no entry is, and a stream that is not there', async () => {
      const log = await harness.open();
      const stream = newStream();
      expect(await log.readProven(stream, WHOLE)).toBeUndefined();
      const [first = '', second = ''] = await appendMany(log, stream, 1, 2);
      for (const after of ['1-1', `${first}9`, `${second}9`])
        expect(await log.readProven(stream, { ...WHOLE, after })).toBeUndefined();
      expect(await log.readProven(newStream(), { ...WHOLE, after: first })).toBeUndefined();
    });

    it('[LOG24] refuse what was trimmed, by `trim` or by `maxEntries`', async () => {
      const log = await harness.open();
      const [trimmed, bounded] = [newStream(), newStream()];
      const positions = await appendMany(log, trimmed, 1, 50);
      await log.trim(trimmed, positions[30] ?? '');
      for (const [i, after] of ['0-0', ...positions].entries()) {
        const entries = await log.readProven(trimmed, { ...WHOLE, after });
        if (i < 31) expect(entries).toBeUndefined();
        else expect(entries).toHaveLength(50 - i);
      }

      for (let number = 1; number <= 400; number++)
        await log.append(batchOf(bounded, number), { maxEntries: 10 });
      expect(await log.readProven(bounded, WHOLE)).toBeUndefined();
      const [oldest] = await readAll(log, bounded);
      const rest = await log.readProven(bounded, { ...WHOLE, after: oldest?.position ?? '' });
      expect(rest?.at(-1)?.number).toBe(400);
    });
  });

  describe('trim', () => {
    it('[LOG25] removes what is before the position, and nothing else', async () => {
      const log = await harness.open();
      const stream = newStream();
      const blob = blobOf(new Uint8Array(100));
      await log.append(batchOf(stream, 1, { blobs: [blob] }));
      const positions = await appendMany(log, stream, 2, 1_300);
      const before = await log.tail(stream);
      await log.trim(stream, positions[1_100] ?? '');
      expect(await numbersIn(log, stream)).toEqual(
        Array.from({ length: 199 }, (_, i) => 1_102 + i),
      );
      expect(await log.tail(stream)).toEqual({ ...before, first: positions[1_100] });
      // Who sent what stays known, and so does the content.
      expect((await log.append(batchOf(stream, 3))).outcome).toBe('duplicate');
      expect(await log.getBlobs(stream, [blob.ref])).toEqual([blob.bytes]);
    });

    it('[LOG25] leaves the newest entry, and what comes goes on behind it in the same epoch', async () => {
      const log = await harness.open();
      const stream = newStream();
      const [, , last = ''] = await appendMany(log, stream, 1, 3);
      const before = await log.tail(stream);
      await log.trim(stream, `${Number(last.split('-')[0]) + 60_000}-0`);
      expect(await numbersIn(log, stream)).toEqual([3]);
      expect(await log.tail(stream)).toEqual({ ...before, first: last });
      expect(await log.readProven(stream, { ...WHOLE, after: last })).toEqual([]);
      const { position } = await log.append(batchOf(stream, 4), { expectLast: last });
      expect(await log.tail(stream)).toEqual({ ...before, first: last, last: position });
      expect(await numbersIn(log, stream)).toEqual([3, 4]);
    });

    it('[LOG25] takes nothing where nothing is before the position', async () => {
      const log = await harness.open();
      const stream = newStream();
      await log.trim(stream, '5-0');
      expect(await log.tail(stream)).toBeUndefined();
      const [first = ''] = await appendMany(log, stream, 1, 3);
      await log.trim(stream, first);
      await log.trim(stream, '1-1');
      expect(await numbersIn(log, stream)).toEqual([1, 2, 3]);
      expect(await log.tail(stream)).toMatchObject({ first: '0-0' });
    });

    it('[LOG25] may run beside appends and reads', async () => {
      const log = await harness.open();
      const stream = newStream();
      const positions = await appendMany(log, stream, 1, 1_200);
      const [, , more] = await Promise.all([
        log.trim(stream, positions[700] ?? ''),
        log.trim(stream, positions[1_000] ?? ''),
        appendMany(log, stream, 1_201, 1_300),
      ]);
      expect(await numbersIn(log, stream)).toEqual(
        Array.from({ length: 300 }, (_, i) => 1_001 + i),
      );
      expect(await log.tail(stream)).toMatchObject({ first: positions[1_000], last: more.at(-1) });
    });
  });

  describe('expire', () => {
    it('[LOG26] lets a stream disappear with its blobs, its work and its state', async () => {
      const log = await harness.open();
      const stream = newStream();
      const blob = blobOf(new Uint8Array(50));
      await log.append(batchOf(stream, 5, { blobs: [blob], leaseMs: 1 }));
      const before = await log.tail(stream);
      expect(await log.expire(stream, 100)).toBe(true);
      await eventually(async () => (await log.tail(stream)) === undefined, 'the stream is gone');
      expect(await log.getBlobs(stream, [blob.ref])).toEqual([undefined]);
      expect(await takeAll(log, 'late')).toEqual([]);
      expect(await log.expire(stream, 100)).toBe(false);
      expect((await log.append(batchOf(stream, 1))).outcome).toBe('appended');
      expect((await log.tail(stream))?.epoch).not.toBe(before?.epoch);
    });

    it('[LOG26] is void when the stream is written again', async () => {
      const log = await harness.open();
      const [kept, gone] = [newStream(), newStream()];
      await log.append(batchOf(kept, 1));
      await log.append(batchOf(gone, 1));
      // The second is written before the first is gone: when that is, this one is older than it.
      await log.expire(kept, 300);
      await log.append(batchOf(kept, 2));
      await log.expire(gone, 300);
      await eventually(async () => (await log.tail(gone)) === undefined, 'the other one is gone');
      expect(await numbersIn(log, kept)).toEqual([1, 2]);
    });

    it('[LOG26] is not done when there is a newer entry than expected', async () => {
      const log = await harness.open();
      const [kept, gone] = [newStream(), newStream()];
      const [one = '', two = ''] = await appendMany(log, kept, 1, 2);
      await log.append(batchOf(gone, 1));
      expect(await log.expire(kept, 100, one)).toBe(false);
      expect(await log.expire(gone, 200)).toBe(true);
      await eventually(async () => (await log.tail(gone)) === undefined, 'the other one is gone');
      expect(await numbersIn(log, kept)).toEqual([1, 2]);
      expect(await log.expire(kept, 50, two)).toBe(true);
      await eventually(async () => (await log.tail(kept)) === undefined, 'the stream is gone');
    });
  });
};
