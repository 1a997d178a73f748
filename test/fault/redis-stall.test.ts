import { createClient, type StreamItem, type TraceEvent } from '@spantail/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Publisher, createExporter } from '@spantail/agent';
import { openRedisLog } from '../../server/src/log/redis/redis-log.ts';
import { eventOf, isEvent } from '../support/client/collect.ts';
import { connect } from '../support/client/connect.ts';
import { ScriptedRun, startAgent } from '../support/fault/agents.ts';
import { Ledger } from '../support/fault/ledger.ts';
import { watchInPieces, watchSteadily } from '../support/fault/viewers.ts';
import { eventually, startTestGateway } from '../support/gateway.ts';
import { seededRandom } from '../support/generate-run.ts';
import { redisCommand, startRedis } from '../support/redis-server.ts';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);

describe(`Redis pauses or forgets under a live run (SEED=${SEED})`, () => {
  it('[PROM3, PROM9, PUB2, SUB13] a pause under load neither loses nor repeats anything', async () => {
    const random = seededRandom(SEED);
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const log = await openRedisLog({ url: redis.url, commandTimeoutMs: 300 });
    onTestFinished(() => log.close());
    const gateway = await startTestGateway({ log, tracker: { graceMs: 50 } });
    const ledger = new Ledger();
    const publishers = [redis.url, gateway.url].map((url) =>
      startAgent(url, random, { timeoutMs: 400 }),
    );
    const runs = publishers.map((agent, i) => new ScriptedRun(agent, SEED + i, 300, ledger));
    const client = createClient({ url: gateway.url, random: () => random() / 100 });
    onTestFinished(() => client.close());
    const viewers = runs.flatMap(({ traceId }) => [
      watchSteadily(client, ledger.viewer('a steady viewer', traceId)),
      watchInPieces(gateway.url, ledger.viewer('a returning viewer', traceId), { random }),
    ]);
    const watched = runs.map(({ traceId }) => client.watch(traceId));

    for (let pauses = 0; pauses < 3; pauses++) {
      for (let i = 0; i < 60; i++) {
        for (const run of runs) run.publishNext();
        if (random() < 0.3) await new Promise((resolve) => setImmediate(resolve));
      }
      await eventually(() => watched.every(({ status }) => status === 'live'), 'viewers are live');
      redis.pause();
      for (const run of runs) run.publishNext();
      await eventually(() => {
        for (const run of runs)
          if (random() < 0.01 && ledger.lag(run.traceId) < 100) run.publishNext();
        return (
          publishers.every(({ stats }) => stats.failing) &&
          watched.every(({ status }) => status === 'stalled')
        );
      }, 'agents and viewers notice');
      redis.resume();
    }
    for (const run of runs) while (!run.isDone) run.publishNext();
    await Promise.all(viewers);
    for (const publisher of publishers) expect(await publisher.flush()).toBe(true);
    expect(ledger.problems()).toEqual([]);
  });

  it.each([
    ['FLUSHALL', 'straight to Redis'],
    ['FLUSHALL', 'through the gateway'],
    ['a restart without its data', 'straight to Redis'],
    ['a restart without its data', 'through the gateway'],
  ] as const)(
    '[PROM4, SUB8, CL4, PUB6] after %s viewers are told, the agent goes on, and content is sent again, %s',
    async (what, way) => {
      const redis = await startRedis();
      onTestFinished(() => redis.stop());
      const gateway = await startTestGateway({ redis: redis.url, tracker: { graceMs: 50 } });
      const publisher = new Publisher({
        exporter: createExporter(way === 'straight to Redis' ? redis.url : gateway.url),
      });
      onTestFinished(async () => void (await publisher.shutdown({ timeoutMs: 1_000 })));
      const traceId = SEED.toString(16).padStart(32, 'a');
      const rootId = 'f'.repeat(16);
      const conversation: { role: string; content: string }[] = [];
      const published: TraceEvent[] = [];
      const publish = (event: TraceEvent): void => {
        published.push(event);
        publisher.publish(traceId, event);
      };
      let steps = 0;
      const step = (): void => {
        const spanId = (++steps).toString(16).padStart(16, '0');
        conversation.push({ role: 'user', content: `message ${steps} ${'word '.repeat(40)}` });
        const startUs = 1_764_000_000_000_000 + steps * 1_000;
        const input = publisher.payload(traceId, conversation);
        publish({
          type: 'open',
          spanId,
          parentSpanId: rootId,
          name: 'chat',
          spanType: 'model',
          startUs,
          input,
        });
        publish({ type: 'close', spanId, endUs: startUs + 500, status: 'ok' });
      };
      const client = connect(gateway, { random: () => 0.01 });
      const items: StreamItem[] = [];
      const viewing = (async () => {
        for await (const item of client.events(traceId)) items.push(item);
      })();
      publish({
        type: 'open',
        spanId: rootId,
        name: 'agent',
        spanType: 'agent',
        startUs: 1_764_000_000_000_000,
      });
      for (let i = 0; i < 30; i++) step();
      await eventually(() => items.length === published.length, 'the viewer has it all');
      expect(items.map(eventOf)).toEqual(published);

      if (what === 'FLUSHALL') await redisCommand(redis.port, 'FLUSHALL');
      else {
        await redis.kill();
        await redis.restart();
      }
      const atFlush = published.length;
      step();
      await eventually(() => items.some(({ type }) => type === 'reset'), 'the viewer is told');
      for (let i = 0; i < 5; i++) step();
      publish({ type: 'close', spanId: rootId, endUs: 1_764_000_001_000_000, status: 'ok' });
      expect(await publisher.flush()).toBe(true);
      expect(publisher.stats.dropped).toEqual({ events: 0, updates: 0, payloads: 0 });
      await viewing;

      const after = items.slice(items.findLastIndex(({ type }) => type === 'reset') + 1);
      expect(after.map(eventOf)).toEqual(published.slice(atFlush));
      // Messages from before the loss are whole again, for a viewer that has kept nothing.
      const fresh = connect(gateway);
      for (const item of after) {
        if (!isEvent(item) || item.type !== 'open' || item.input === undefined) continue;
        const count = Number.parseInt(item.spanId, 16);
        expect(await fresh.load(traceId, item.input)).toEqual(conversation.slice(0, count));
      }
    },
  );
});
