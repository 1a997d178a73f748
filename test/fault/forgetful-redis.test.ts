import {
  REDIS_APPEND_SCRIPT,
  encodeEvent,
  encodeRedisAppend,
  type TraceEvent,
} from '@spantail/protocol';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { StreamItem } from '@spantail/client';
import { eventOf, isEvent } from '../support/client/collect.ts';
import { connect } from '../support/client/connect.ts';
import { startAgent } from '../support/fault/agents.ts';
import { eventually, startTestGateway } from '../support/gateway.ts';
import { generateRun, seededRandom } from '../support/generate-run.ts';
import { redisCommand, startRedis } from '../support/redis-server.ts';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);

describe(`a Redis that forgets (SEED=${SEED})`, () => {
  it('[PROM4, SUB8] a viewer is told before anything of the new history, not some time later', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const direct = new Redis(redis.url);
    onTestFinished(() => direct.disconnect());
    const gateway = await startTestGateway({ redis: redis.url });
    const client = connect(gateway);
    const { traceId, events } = generateRun(SEED);
    const items: StreamItem[] = [];
    const viewing = new AbortController();
    const watching = (async () => {
      for await (const item of client.events(traceId, { signal: viewing.signal })) items.push(item);
    })();
    const append = (number: number, event: TraceEvent): [number, ...(string | Buffer)[]] => {
      const { keys, args } = encodeRedisAppend({
        project: 'default',
        streamId: traceId,
        producer: 'direct',
        number,
        fin: false,
        events: [encodeEvent(event)],
        blobs: [],
        refs: [],
        ttlMs: 60_000,
        newEpoch: `e${number}`,
      });
      const rest = args.map((arg) => (typeof arg === 'string' ? arg : Buffer.from(arg)));
      return [keys.length, ...keys, ...rest];
    };
    const [first, second, lost, fourth] = events as [
      TraceEvent,
      TraceEvent,
      TraceEvent,
      TraceEvent,
    ];
    await gateway.append(traceId, [first]);
    await gateway.append(traceId, [second]);
    await eventually(() => items.length === 2, 'the viewer is live');
    // Nobody can read in between.
    await direct
      .multi()
      .eval(REDIS_APPEND_SCRIPT, ...append(1, lost))
      .flushall()
      .eval(REDIS_APPEND_SCRIPT, ...append(1, fourth))
      .exec();
    await eventually(
      () => items.some((item) => isEvent(item) && keyOf(item) === keyOf(fourth)),
      'what came then is there',
    );
    viewing.abort();
    await watching;
    expect(items.map(({ type }) => type)).toEqual([first.type, second.type, 'reset', fourth.type]);
  });

  it.each(['straight to Redis', 'through the gateway'] as const)(
    '[PROM4, SUB6, SUB8, CL4] no viewer has a hole that it was not told of, %s',
    async (way) => {
      const random = seededRandom(SEED);
      const redis = await startRedis();
      onTestFinished(() => redis.stop());
      const gateway = await startTestGateway({ redis: redis.url, tracker: { graceMs: 20 } });
      const agent = startAgent(way === 'straight to Redis' ? redis.url : gateway.url, random);
      const client = connect(gateway, { random: () => random() / 100 });
      const { traceId, events } = generateRun(SEED, { spans: 400 });
      const order = new Map(events.map((event, i) => [keyOf(event), i]));
      const last = events.length - 1;
      const steady: StreamItem[] = [];
      const returning: StreamItem[] = [];
      const viewers = [
        (async () => {
          for await (const item of client.events(traceId)) steady.push(item);
        })(),
        (async () => {
          let cursor: string | undefined;
          for (;;) {
            let left = 1 + Math.floor(random() * 40);
            for await (const item of client.events(
              traceId,
              cursor === undefined ? {} : { after: cursor },
            )) {
              returning.push(item);
              cursor = 'cursor' in item ? item.cursor : undefined;
              if (--left === 0) break;
            }
            if (left > 0) return;
          }
        })(),
      ];
      let losses = 0;
      for (const [i, event] of events.entries()) {
        agent.publish(traceId, event);
        if (random() < 0.5) await new Promise((resolve) => setImmediate(resolve));
        // The end stays: without it nothing says that the run is over.
        if (random() < 0.05 && i < events.length - 20) {
          await redisCommand(redis.port, 'FLUSHALL');
          losses++;
        }
        // Now and then viewers come as far as the agent.
        else if (random() < 0.02)
          await eventually(() => places(steady, order).at(-1)?.at(-1) === i, 'the viewer is here');
      }
      await Promise.all(viewers);
      expect(losses).toBeGreaterThan(10);
      expect(await agent.flush()).toBe(true);
      for (const items of [steady, returning]) {
        const parts = places(items, order);
        expect(parts.length).toBeGreaterThan(1);
        for (const part of parts) {
          const [from = 0] = part;
          expect(part).toEqual(part.map((_, i) => from + i));
        }
        expect(parts.at(-1)?.at(-1)).toBe(last);
      }
    },
  );
});

/** Which of the published events came, from one reset to the next. */
function places(items: readonly StreamItem[], order: ReadonlyMap<string, number>): number[][] {
  const parts: number[][] = [[]];
  for (const item of items)
    if (item.type === 'reset') parts.push([]);
    else parts.at(-1)?.push(order.get(keyOf(eventOf(item))) ?? -1);
  return parts;
}

function keyOf(event: TraceEvent): string {
  return `${event.type} ${event.spanId} ${event.type === 'update' ? event.seq : ''}`;
}
