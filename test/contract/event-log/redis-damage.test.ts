import { streamKeys } from '@spantail/protocol';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../support/gateway.ts';
import {
  NO_STEALING,
  appendMany,
  batchOf,
  blobOf,
  newStream,
  numbersIn,
  takeAll,
} from './harness.ts';
import { redisHarness } from './redis-harness.ts';

describe('the log on Redis, when the server forgets', () => {
  // Otherwise a kill may take the last second along.
  const harness = redisHarness({ aof: true, args: ['--appendfsync', 'always'] });
  const connect = (): Redis => {
    const redis = new Redis({ port: harness.server.port });
    redis.on('error', () => {});
    onTestFinished(() => redis.disconnect());
    return redis;
  };

  it('[LOG21] the state of a stream: the entries stay readable, the next append begins another epoch', async () => {
    const log = await harness.open();
    const redis = connect();
    const stream = newStream();
    const positions = await appendMany(log, stream, 1, 20);
    await log.append(batchOf(stream, 7, { producer: 'q' }));
    const before = await log.tail(stream);
    await redis.del(streamKeys(stream.project, stream.streamId).meta);

    expect(await numbersIn(log, stream)).toEqual([...upTo(20), 7]);
    const again = await log.append(batchOf(stream, 20));
    expect(again).toMatchObject({ outcome: 'duplicate', position: positions.at(-1) });
    expect((await log.append(batchOf(stream, 7, { producer: 'q' }))).outcome).toBe('duplicate');
    const next = await log.append(batchOf(stream, 21), { expectLast: before?.last ?? '' });
    expect(next.outcome).toBe('appended');
    expect(await numbersIn(log, stream)).toEqual([...upTo(20), 7, 21]);
    const after = await log.tail(stream);
    expect(after?.epoch).not.toBe(before?.epoch);
    // What came before may be gone: the oldest entry counts as the first that was not trimmed.
    expect(after).toMatchObject({ first: positions[0], last: next.position });
    expect(await takeAll(log, 'a')).toMatchObject([stream]);
  });

  it('[LOG21] the entries of a stream: it begins anew', async () => {
    const log = await harness.open();
    const redis = connect();
    const stream = newStream();
    await appendMany(log, stream, 1, 5);
    const before = await log.tail(stream);
    await redis.del(streamKeys(stream.project, stream.streamId).stream);
    expect(await log.tail(stream)).toBeUndefined();
    expect((await log.append(batchOf(stream, 1), { expectLast: '0-0' })).outcome).toBe('appended');
    expect((await log.tail(stream))?.epoch).not.toBe(before?.epoch);
    expect(await numbersIn(log, stream)).toEqual([1]);
    expect(await takeAll(log, 'a')).toMatchObject([stream]);
  });

  it('[LOG21] a queue or the blobs: the next append makes up for it', async () => {
    const log = await harness.open();
    const redis = connect();
    const stream = newStream();
    const blob = blobOf(new Uint8Array(600));
    await log.append(batchOf(stream, 1, { blobs: [blob] }));
    const held = await takeAll(log, 'a');
    const { queue, blobs } = streamKeys(stream.project, stream.streamId);
    await redis.del(queue, blobs);
    await log.acknowledge(held);
    expect((await log.append(batchOf(stream, 2, { refs: [blob.ref] }))).missing).toEqual([
      blob.ref,
    ]);
    const items = await log.takeWork('b', { ...NO_STEALING, waitMs: 20_000 });
    expect(items).toMatchObject([stream]);
    await log.acknowledge(items);
    expect(await takeAll(log, 'b')).toEqual([]);
  });

  it('[LOG22] its scripts: each batch is still there exactly once', async () => {
    const log = await harness.open();
    const redis = connect();
    const stream = newStream();
    for (let number = 1; number <= 60; number += 3) {
      await redis.script('FLUSH');
      const batches = [number, number + 1, number + 2, number + 2].map((n) => batchOf(stream, n));
      const results = await Promise.all(batches.map((batch) => log.append(batch)));
      expect(results.map(({ outcome }) => outcome)).toEqual([
        'appended',
        'appended',
        'appended',
        'duplicate',
      ]);
    }
    await redis.script('FLUSH');
    expect(await numbersIn(log, stream)).toEqual(upTo(60));
    expect(await log.tail(stream)).toBeDefined();
  });

  it('[LOG22] everything but its file, after a restart', async () => {
    const log = await harness.open();
    const stream = newStream();
    await appendMany(log, stream, 1, 10);
    await harness.server.kill();
    await harness.server.restart();
    let number = 10;
    await eventually(async () => {
      try {
        const { outcome } = await log.append(batchOf(stream, number));
        expect(outcome).toBe(number === 10 ? 'duplicate' : 'appended');
        number++;
      } catch (error) {
        expect(error).toMatchObject({ code: 'LOG_UNAVAILABLE' });
      }
      return number > 20;
    }, 'appends go through');
    expect(await numbersIn(log, stream)).toEqual(upTo(20));
  });
});

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, i) => i + 1);
}
