import { SpantailError } from '@spantail/protocol';
import type { EventLog, StreamName } from 'spantail';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/gateway.ts';
import { NO_STEALING, batchOf, everyMethod, newStream, numbersIn } from './harness.ts';
import { redisHarness } from './redis-harness.ts';

async function expectAllUnavailable(log: EventLog, stream: StreamName): Promise<void> {
  const outcomes = await Promise.all(
    Object.entries(everyMethod(log, stream)).map(async ([name, call]) => {
      if (name === 'acknowledge') return undefined;
      const error: unknown = await call().then(
        () => 'went through',
        (reason: unknown) => reason,
      );
      return { name, error };
    }),
  );
  for (const outcome of outcomes) {
    if (outcome === undefined) continue;
    expect(outcome.error, outcome.name).toBeInstanceOf(SpantailError);
    expect((outcome.error as SpantailError).code).toBe('LOG_UNAVAILABLE');
  }
}

for (const cluster of [false, true])
  describe(cluster ? 'the log on a cluster of one node' : 'the log on Redis', () => {
    // Otherwise a kill may take the last second along.
    const harness = redisHarness({ cluster, aof: true, args: ['--appendfsync', 'always'] });

    it('[LOG15] fails in every method while the server is down, and comes back by itself', async () => {
      const log = await harness.open({ commandTimeoutMs: 500 });
      const [stream, held] = [newStream(), newStream()];
      await log.append(batchOf(held, 1));
      const items = await log.takeWork('a', { ...NO_STEALING, waitMs: 20_000 });
      let rings = 0;
      let reconnects = 0;
      log.onReconnect(() => reconnects++);
      const stop = log.onReconnect(() => expect.unreachable('was told to stop'));
      stop();
      await log.listen(stream, () => rings++);
      await log.append(batchOf(stream, 1));
      await eventually(() => rings > 0, 'the append is heard');

      await harness.server.kill();
      await expectAllUnavailable(log, stream);
      await expect(log.acknowledge(items)).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
      rings = 0;
      reconnects = 0;
      await harness.server.restart();
      await eventually(() => rings > 0 && reconnects > 0, 'listeners are rung and told');
      await eventually(
        () =>
          log.append(batchOf(stream, 2)).then(
            () => true,
            () => false,
          ),
        'appends go through',
      );
      expect(await numbersIn(log, stream)).toEqual([1, 2]);
      rings = 0;
      await log.append(batchOf(stream, 3));
      await eventually(() => rings > 0, 'the doorbell works again');
      // Still held: an acknowledgement that failed can be sent again.
      await log.acknowledge(items);
      expect(await log.probe(10_000)).toBeGreaterThan(0);
    });

    it('[LOG15] fails in every method while the server is silent', async () => {
      const log = await harness.open({ commandTimeoutMs: 300 });
      const stream = newStream();
      await log.append(batchOf(stream, 1));
      harness.server.pause();
      try {
        await expectAllUnavailable(log, stream);
      } finally {
        harness.server.resume();
      }
      await eventually(
        () =>
          log.append(batchOf(stream, 2)).then(
            () => true,
            () => false,
          ),
        'appends go through',
      );
      expect((await numbersIn(log, stream)).slice(0, 2)).toEqual([1, expect.any(Number)]);
      // The doorbell has a connection of its own, which may come back later.
      await eventually(
        () =>
          log.probe(20_000).then(
            () => true,
            () => false,
          ),
        'the doorbell works again',
      );
    });
  });
