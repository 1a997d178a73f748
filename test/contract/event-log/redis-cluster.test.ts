import { PARTITIONS, partitionOf } from '@spantail/protocol';
import type { EventLog, StreamName } from 'spantail';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openRedisLog } from '../../../server/src/log/redis/redis-log.ts';
import { slotOfPartition } from '../../../server/src/log/redis/slot.ts';
import { eventually } from '../../support/gateway.ts';
import { startRedisCluster, type RedisCluster } from '../../support/redis-cluster.ts';
import type { RedisServer } from '../../support/redis-server.ts';
import { NO_STEALING, appendMany, batchOf, newStream, numbersIn } from './harness.ts';

let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await startRedisCluster();
});
afterAll(() => cluster?.stop());

async function open(node: RedisServer): Promise<EventLog> {
  const log = await openRedisLog({ url: node.url, commandTimeoutMs: 3_000 });
  onTestFinished(() => log.close());
  return log;
}

function master(index: number): RedisServer {
  return cluster.masters[index] as RedisServer;
}

/** A trace in every partition. */
function everywhere(): StreamName[] {
  const streams = new Map<number, StreamName>();
  while (streams.size < PARTITIONS) {
    const stream = newStream();
    streams.set(partitionOf(stream.streamId), stream);
  }
  return [...streams.values()];
}

/** A trace that lies on the given master while the slots are as they were shared out. */
function streamOn(index: number): StreamName {
  for (;;) {
    const stream = newStream();
    const slot = slotOfPartition(partitionOf(stream.streamId));
    if (Math.floor((slot * 3) / 16_384) === index) return stream;
  }
}

/** Sends a batch again until it is answered. */
async function insist(log: EventLog, stream: StreamName, number: number): Promise<void> {
  await eventually(
    () =>
      log.append(batchOf(stream, number)).then(
        () => true,
        (error: unknown) => {
          expect(error).toMatchObject({ code: 'LOG_UNAVAILABLE' });
          return false;
        },
      ),
    `batch ${number} is answered`,
    40_000,
  );
}

describe('the log on a cluster of three nodes', () => {
  it('[LOG23] [LOG8] is reached through any node: appends, reads and doorbells in all partitions', async () => {
    const [log, reader] = [await open(master(0)), await open(master(2))];
    const streams = everywhere();
    const heard = new Set<string>();
    await Promise.all(streams.map((s) => reader.listen(s, () => heard.add(s.streamId))));
    await Promise.all(streams.map((stream) => appendMany(log, stream, 1, 3)));
    for (const stream of streams) expect(await numbersIn(reader, stream)).toEqual([1, 2, 3]);
    await eventually(() => heard.size === PARTITIONS, 'all doorbells have rung');
    const sizes = await Promise.all(cluster.masters.map((node) => cluster.client(node).dbsize()));
    for (const size of sizes) expect(size).toBeGreaterThan(0);
    for (let i = 0; i < 8; i++) expect(await reader.probe(10_000)).toBeGreaterThan(0);
  });

  it('[LOG9] hands out work of all partitions', async () => {
    const [log, worker] = [await open(master(1)), await open(master(2))];
    const streams = everywhere();
    await Promise.all(streams.map((stream) => log.append(batchOf(stream, 1))));
    const ids = new Set(streams.map(({ streamId }) => streamId));
    await eventually(async () => {
      const items = await worker.takeWork('w', { ...NO_STEALING, waitMs: 1_000 });
      for (const { streamId } of items) ids.delete(streamId);
      await worker.acknowledge(items);
      return ids.size === 0;
    }, 'all work was handed out');
  });

  it('[LOG15] goes on, without a loss, while a slot moves to another node', async () => {
    const [log, reader] = [await open(master(0)), await open(master(2))];
    const stream = streamOn(1);
    let rings = 0;
    await reader.listen(stream, () => rings++);
    let number = 0;
    const state = { moved: false };
    const move = cluster
      .moveSlot(slotOfPartition(partitionOf(stream.streamId)), master(1), master(2))
      .finally(() => {
        state.moved = true;
      });
    while (!state.moved || number < 50) await insist(log, stream, ++number);
    await move;
    for (let i = 0; i < 50; i++) await insist(log, stream, ++number);
    expect(await numbersIn(reader, stream)).toEqual(
      Array.from({ length: number }, (_, i) => i + 1),
    );
    await eventually(async () => {
      rings = 0;
      await insist(log, stream, ++number);
      await new Promise((resolve) => setImmediate(resolve));
      return rings > 0;
    }, 'the doorbell rings at the new node');
  });

  it('[LOG15] goes on at the replica when a node is lost', async () => {
    const log = await open(master(1));
    const [lost, elsewhere] = [streamOn(0), streamOn(2)];
    let rings = 0;
    await log.listen(lost, () => rings++);
    for (const stream of [lost, elsewhere]) await appendMany(log, stream, 1, 20);
    await cluster.client(master(0)).wait(1, 5_000);
    await master(0).kill();
    await insist(log, lost, 21);
    await insist(log, elsewhere, 21);
    for (const stream of [lost, elsewhere])
      expect(await numbersIn(log, stream)).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
    let number = 21;
    rings = 0;
    await eventually(async () => {
      await insist(log, lost, ++number);
      return rings > 0;
    }, 'the doorbell rings at the replica');
  });
});
