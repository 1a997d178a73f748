import { PARTITIONS, PARTITIONS_KEY, partitionOf, streamKeys } from '@spantail/protocol';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openRedisLog } from '../../../server/src/log/redis/redis-log.ts';
import { slotOfPartition } from '../../../server/src/log/redis/slot.ts';
import { batchOf, blobOf, newStream, takeAll } from './harness.ts';
import { redisHarness } from './redis-harness.ts';

const blob = blobOf(new Uint8Array(2_000));

describe('the keys of the log on Redis', () => {
  // A cluster's node knows the slots.
  const harness = redisHarness({ cluster: true });
  const connect = (): Redis => {
    const redis = new Redis({ port: harness.server.port });
    onTestFinished(() => redis.disconnect());
    return redis;
  };

  it('[LOG20] of a stream, with its channels, are in one slot, the one we reckon with', async () => {
    await harness.open();
    const redis = connect();
    const partitions = new Set<number>();
    while (partitions.size < PARTITIONS) {
      const { project, streamId } = newStream();
      const slots = await Promise.all(
        Object.values(streamKeys(project, streamId)).map((key) => redis.cluster('KEYSLOT', key)),
      );
      expect(new Set(slots)).toEqual(new Set([slotOfPartition(partitionOf(streamId))]));
      partitions.add(partitionOf(streamId));
    }
  });

  it('[LOG13] all have a time to live, but the number of partitions, and an append renews it', async () => {
    const ttlMs = 3_600_000;
    const log = await harness.open({ ttlMs });
    const redis = connect();
    const streams = Array.from({ length: 10 }, () => newStream());
    streams.push({ project: 'default', streamId: '@runs' });
    for (const stream of streams) {
      await log.append(batchOf(stream, 1, { blobs: [blob] }), { maxEntries: 5 });
      await log.append(batchOf(stream, 1, { refs: [blob.ref] }));
      await log.append(batchOf(stream, 9), { expectLast: '7-7' });
      await log.append(batchOf(stream, 1, { producer: 'q', leaseMs: 60_000 }));
      await log.renew(stream, 'q', 60_000);
    }
    await log.putBlobs(newStream(), [blob]);
    await log.probe(10_000);
    const items = await takeAll(log, 'a');
    expect(items).toHaveLength(10);
    await log.append(batchOf(items[0] ?? newStream(), 2));
    await log.acknowledge(items);

    const withoutTtl = async (): Promise<string[]> => {
      const keys = await redis.keys('*');
      const ttls = await Promise.all(keys.map((key) => redis.pttl(key)));
      return keys.filter((_key, i) => !((ttls[i] ?? 0) > 0));
    };
    expect(await withoutTtl()).toEqual([PARTITIONS_KEY]);

    const [stream = newStream()] = streams;
    const keys = streamKeys(stream.project, stream.streamId);
    const { stream: entries, blobs, meta, queue, leases, seen } = keys;
    const all = [entries, blobs, meta, queue, leases, seen];
    for (const key of all) await redis.pexpire(key, 60_000);
    await log.append(batchOf(stream, 3, { leaseMs: 60_000 }));
    for (const key of all) expect(await redis.pttl(key)).toBeGreaterThan(ttlMs / 2);
    for (const key of [entries, blobs, meta, leases, seen]) await redis.pexpire(key, 60_000);
    await log.renew(stream, 'q', 60_000);
    for (const key of all) expect(await redis.pttl(key)).toBeGreaterThan(ttlMs / 2);
    // A lease outlives the time to live, when it is longer.
    await log.renew(stream, 'q', 10 * ttlMs);
    for (const key of [leases, seen]) expect(await redis.pttl(key)).toBeGreaterThan(10 * ttlMs);
  });

  it('[LOG20] a log of another number of partitions is refused, and left as it is', async () => {
    await harness.open();
    const redis = connect();
    expect(await redis.get(PARTITIONS_KEY)).toBe(String(PARTITIONS));
    await redis.set(PARTITIONS_KEY, '32');
    await expect(openRedisLog({ url: harness.server.url })).rejects.toMatchObject({
      code: 'LOG_UNAVAILABLE',
      message: expect.stringContaining('32 partitions'),
    });
    expect(await redis.get(PARTITIONS_KEY)).toBe('32');
  });
});
