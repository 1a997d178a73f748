import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WORK_GROUP, streamKeys } from '@spantail/protocol';
import { Redis } from 'ioredis';
import type { WorkItem } from 'spantail';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TIDY } from '../../../server/src/log/redis/work-scripts.ts';
import { eventually } from '../../support/gateway.ts';
import { NO_STEALING, appendMany, batchOf, newStream, takeAll } from './harness.ts';
import { redisHarness } from './redis-harness.ts';

const PROCESS = join(import.meta.dirname, 'redis-work-process.ts');

describe('the work queue on Redis, between processes', () => {
  const harness = redisHarness();

  function startWorker(consumer: string) {
    const args = ['--conditions=source', '--no-warnings', PROCESS, harness.server.url, consumer];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    const taken: string[] = [];
    createInterface(child.stdout).on('line', (line) => taken.push(line));
    return { child, taken };
  }

  it('[LOG9] [LOG11] shares traces out, and gives those of a killed process to another one', async () => {
    const log = await harness.open();
    const workers = [startWorker('one'), startWorker('two')] as const;
    const streams = Array.from({ length: 50 }, () => newStream());
    await Promise.all(streams.map((stream) => log.append(batchOf(stream, 1))));
    const count = (): number => workers[0].taken.length + workers[1].taken.length;
    await eventually(() => count() >= streams.length, 'all traces are taken');
    const ids = streams.map(({ streamId }) => streamId);
    const taken = workers.flatMap((worker) => worker.taken);
    expect(taken.toSorted()).toEqual(ids.toSorted());

    // News reach the holder, in its own process.
    const [first] = workers[0].taken.length > 0 ? workers : [workers[1]];
    const held = first.taken[0] ?? '';
    await log.append(batchOf({ project: 'default', streamId: held }, 2));
    await eventually(
      () => first.taken.filter((id) => id === held).length === 2,
      'the news are told',
    );

    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    expect(await takeAll(log, 'three')).toEqual([]);
    const orphans = new Set(first.taken);
    const stolen = new Map<string, WorkItem>();
    await eventually(async () => {
      const bounds = { ...NO_STEALING, waitMs: 500, stealAfterMs: 100 };
      for (const item of await log.takeWork('three', bounds)) stolen.set(item.streamId, item);
      return [...orphans].every((id) => stolen.has(id));
    }, 'the work of the killed process is taken over');

    await log.acknowledge([...stolen.values()]);
    const next = [...orphans][0] ?? '';
    await log.append(batchOf({ project: 'default', streamId: next }, 3));
    const again = await Promise.race([
      log.takeWork('three', { ...NO_STEALING, waitMs: 20_000 }),
      eventually(() => workers.some((w) => w !== first && w.taken.includes(next)), 'it is taken'),
    ]);
    if (Array.isArray(again)) expect(again).toMatchObject([{ streamId: next }]);
  });

  it('[LOG11] finds what a dead consumer held behind hundreds that others rightly hold', async () => {
    const log = await harness.open();
    const redis = new Redis({ port: harness.server.port });
    onTestFinished(() => redis.disconnect());
    // All in one partition: queues are looked through one by one.
    const { queue } = streamKeys('default', newStream().streamId);
    const streams = [];
    while (streams.length < 400) {
      const stream = newStream();
      if (streamKeys('default', stream.streamId).queue === queue) streams.push(stream);
    }
    for (const stream of streams) await appendMany(log, stream, 1, 1);
    const items = await takeAll(log, 'alive');
    expect(items).toHaveLength(400);
    const dead = items.at(-1) as WorkItem;
    const [entryId = ''] = dead.id.split(' ');
    await redis.xclaim(queue, WORK_GROUP, 'dead', 0, entryId, 'IDLE', 3_600_000);
    const found = await log.takeWork('other', {
      maxItems: 1,
      waitMs: 20_000,
      stealAfterMs: 1_800_000,
    });
    expect(found.map(({ streamId }) => streamId)).toEqual([dead.streamId]);
  });

  it('[LOG9] forgets consumers that were silent for long, not those that hold something', async () => {
    const log = await harness.open();
    const redis = new Redis({ port: harness.server.port });
    onTestFinished(() => redis.disconnect());
    const stream = newStream();
    await log.append(batchOf(stream, 1));
    const { queue } = streamKeys('default', stream.streamId);
    await takeAll(log, 'holder');
    await redis.xgroup('CREATECONSUMER', queue, WORK_GROUP, 'idle');
    const names = async (): Promise<unknown[]> => {
      const consumers = (await redis.xinfo('CONSUMERS', queue, WORK_GROUP)) as unknown[][];
      return consumers.map((fields) => fields[1]);
    };
    await TIDY.run(redis, [queue], [WORK_GROUP, 3_600_000]);
    expect(await names()).toEqual(['holder', 'idle']);
    await TIDY.run(redis, [queue], [WORK_GROUP, -1]);
    expect(await names()).toEqual(['holder']);
  });
});
