import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../support/gateway.ts';
import { startRedis } from '../../support/redis-server.ts';
import { NO_STEALING, appendMany, batchOf, newStream, numbersIn } from './harness.ts';
import { redisHarness } from './redis-harness.ts';

describe('the log on Redis, when the server refuses', () => {
  const harness = redisHarness();
  const connect = (): Redis => {
    const redis = new Redis({ port: harness.server.port });
    onTestFinished(() => redis.disconnect());
    return redis;
  };

  it('[LOG15] to write because it is full: nothing is half written, the rest works, and it goes on', async () => {
    const log = await harness.open();
    const redis = connect();
    const stream = newStream();
    await appendMany(log, stream, 1, 3);
    await redis.config('SET', 'maxmemory', '1');
    onTestFinished(async () => {
      await redis.config('SET', 'maxmemory', '0');
    });
    await expect(log.append(batchOf(stream, 4))).rejects.toMatchObject({
      code: 'LOG_UNAVAILABLE',
      message: expect.stringContaining('OOM'),
    });
    expect(await numbersIn(log, stream)).toEqual([1, 2, 3]);
    expect(await log.tail(stream)).toBeDefined();
    // Whoever reads can go on, so that there may be room again.
    const second = await harness.openAnother();
    expect(await numbersIn(second, stream)).toEqual([1, 2, 3]);

    await redis.config('SET', 'maxmemory', '0');
    const items = await log.takeWork('a', { ...NO_STEALING, waitMs: 20_000 });
    await redis.config('SET', 'maxmemory', '1');
    await log.acknowledge(items);
    expect(await log.takeWork('a', NO_STEALING)).toEqual([]);
    await redis.config('SET', 'maxmemory', '0');
    expect((await log.append(batchOf(stream, 4))).outcome).toBe('appended');

    await redis.config('SET', 'maxmemory', '1');
    expect(await log.takeWork('a', { ...NO_STEALING, waitMs: 20_000 })).toMatchObject([stream]);
  });

  it('[LOG15] to write because it became a replica: it fails until there is a master again', async () => {
    const log = await harness.open();
    const redis = connect();
    const stream = newStream();
    const master = await startRedis();
    onTestFinished(() => master.stop());
    await log.append(batchOf(stream, 1));
    await redis.replicaof('127.0.0.1', String(master.port));
    await expect(log.append(batchOf(stream, 2))).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    await redis.replicaof('NO', 'ONE');
    await eventually(
      () =>
        log.append(batchOf(stream, 2)).then(
          () => true,
          () => false,
        ),
      'the append goes through',
    );
  });

  it('[LOG15] to answer because it is loading: it fails until the data is there', async () => {
    const server = await startRedis({ aof: true, args: ['--appendfsync', 'always'] });
    onTestFinished(() => server.stop());
    const log = await harness.openAnother({ url: server.url });
    const streams = Array.from({ length: 30 }, () => newStream());
    for (const stream of streams) await appendMany(log, stream, 1, 30);
    await server.kill();
    const restarted = server.restart();
    const [stream = newStream()] = streams;
    await eventually(
      () =>
        log.append(batchOf(stream, 31)).then(
          () => true,
          (error: unknown) => {
            expect(error).toMatchObject({ code: 'LOG_UNAVAILABLE' });
            return false;
          },
        ),
      'the append goes through',
    );
    await restarted;
    expect(await numbersIn(log, stream)).toHaveLength(31);
  });
});
