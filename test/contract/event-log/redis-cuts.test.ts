import { SpantailError } from '@spantail/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../support/gateway.ts';
import { seededRandom } from '../../support/generate-run.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import { batchOf, newStream, numbersIn, readAll } from './harness.ts';
import { redisHarness } from './redis-harness.ts';

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9));

describe('the log on Redis, when connections break', () => {
  const harness = redisHarness();

  it(`[LOG2, LOG3] has each batch once and in order that was sent again (SEED=${SEED})`, async () => {
    await harness.open();
    const proxy = await TcpProxy.start(() => harness.server.port);
    onTestFinished(() => proxy.close());
    const log = await harness.openAnother({
      url: `redis://127.0.0.1:${proxy.port}`,
      commandTimeoutMs: 2_000,
    });
    const stream = newStream();
    const random = seededRandom(SEED);
    const least = 150;
    let duplicates = 0;
    let failures = 0;
    const done = (number: number): boolean => number > least && duplicates > 0;

    /** Several at once; from the first that failed on, all of them again. */
    const produce = async (producer: string): Promise<number> => {
      let next = 1;
      let connected = true;
      // One whose reply was lost may be in the log: it is sent until it is answered.
      let unanswered = false;
      while (unanswered || (!done(next) && next < 20_000)) {
        const numbers = Array.from({ length: 1 + Math.floor(random() * 5) }, (_, i) => next + i);
        const appends = numbers.map((number) => log.append(batchOf(stream, number, { producer })));
        if (connected && random() < 0.3) setImmediate(() => proxy.cut(random()));
        const results = await Promise.allSettled(appends);
        connected = results[0]?.status === 'fulfilled';
        unanswered = false;
        for (const result of results) {
          if (result.status === 'rejected') {
            expect(result.reason).toBeInstanceOf(SpantailError);
            expect((result.reason as SpantailError).code).toBe('LOG_UNAVAILABLE');
            failures++;
            unanswered = true;
            break;
          }
          if (result.value.outcome === 'duplicate') duplicates++;
          next++;
        }
        // A log that is connecting fails at once: let it.
        await new Promise((resolve) => setImmediate(resolve));
      }
      return next - 1;
    };
    const producers = ['a', 'b', 'c'];
    const sent = await Promise.all(producers.map(produce));

    expect(failures).toBeGreaterThan(0);
    expect(duplicates).toBeGreaterThan(0);
    const direct = await harness.openAnother();
    const entries = await readAll(direct, stream);
    producers.forEach((producer, i) => {
      const numbers = entries.filter((e) => e.producer === producer).map((e) => e.number);
      expect(numbers).toEqual(Array.from({ length: sent[i] ?? 0 }, (_, n) => n + 1));
    });
  });

  it('[LOG3] fails those that wait behind one that failed, and all of them can be sent again', async () => {
    const log = await harness.open({ commandTimeoutMs: 300 });
    const stream = newStream();
    await log.append(batchOf(stream, 1));
    const append = (number: number): Promise<{ outcome: string }> =>
      log.append(batchOf(stream, number));

    harness.server.pause();
    const lost = await Promise.allSettled([2, 3, 4, 5].map(append));
    expect(lost.map(({ status }) => status)).toEqual(Array.from({ length: 4 }, () => 'rejected'));
    harness.server.resume();
    // The first one was on its way, and the server has taken it by now.
    const again = await Promise.all([2, 3, 4, 5].map(append));
    expect(again.map(({ outcome }) => outcome)).toEqual([
      'duplicate',
      'appended',
      'appended',
      'appended',
    ]);
    expect(await numbersIn(log, stream)).toEqual([1, 2, 3, 4, 5]);
  });

  it('[LOG8, LOG15] rings again after a cut, and tells of the new connection', async () => {
    await harness.open();
    const proxy = await TcpProxy.start(() => harness.server.port);
    onTestFinished(() => proxy.close());
    const log = await harness.openAnother({ url: `redis://127.0.0.1:${proxy.port}` });
    const direct = await harness.openAnother();
    const stream = newStream();
    let rings = 0;
    let reconnects = 0;
    log.onReconnect(() => reconnects++);
    await log.listen(stream, () => rings++);
    for (let round = 1; round <= 5; round++) {
      rings = 0;
      reconnects = 0;
      const { connections } = proxy;
      for (let i = 0; i < connections; i++) proxy.cut(i / connections);
      await eventually(() => rings > 0 && reconnects > 0, 'the log is back');
      await eventually(() => proxy.connections >= 2, 'both connections are back');
      rings = 0;
      let number = round * 1_000;
      await eventually(async () => {
        await direct.append(batchOf(stream, number++));
        return rings > 0;
      }, `the append after cut ${round} is heard`);
    }
  });

  it(`[LOG15] opens in spite of cuts at any moment (SEED=${SEED})`, async () => {
    const random = seededRandom(SEED);
    const proxy = await TcpProxy.start(() => harness.server.port);
    onTestFinished(() => proxy.close());
    for (let round = 0; round < 12; round++) {
      let cuts = 0;
      const opened = new AbortController();
      const cutting = (async () => {
        while (!opened.signal.aborted && cuts < 4) {
          for (let turns = 1 + Math.floor(random() * 12); turns > 0; turns--)
            await new Promise((resolve) => setImmediate(resolve));
          if (proxy.cut(random())) cuts++;
        }
      })();
      const log = await harness.openAnother({ url: `redis://127.0.0.1:${proxy.port}` });
      opened.abort();
      await cutting;
      await log.close();
    }
    // Nothing was left behind that goes on connecting.
    await eventually(() => proxy.connections === 0, 'all connections are gone');
  });
});
