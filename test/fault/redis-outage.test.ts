import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { Publisher, createExporter, type PublisherOptions } from '@spantail/agent';
import type { TraceEvent, WatchStatus } from '@spantail/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventOf } from '../support/client/collect.ts';
import { connect } from '../support/client/connect.ts';
import { startGatewayProcess, type GatewayProcess } from '../support/gateway-process.ts';
import { eventually } from '../support/gateway.ts';
import { generateRun } from '../support/generate-run.ts';
import { startRedis, type RedisServer } from '../support/redis-server.ts';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);
/** The outage that is promised to be survived. */
const OUTAGE_MS = 10_000;
const WAYS = ['straight to Redis', 'through the gateway'] as const;

/** Redis that keeps what it acknowledged when it is killed, and a gateway process on it. */
async function startBoth(): Promise<{ redis: RedisServer; gateway: GatewayProcess }> {
  const redis = await startRedis({ aof: true, args: ['--appendfsync', 'always'] });
  onTestFinished(() => redis.stop());
  const gateway = await startGatewayProcess(['--redis', redis.url]);
  onTestFinished(() => gateway.kill());
  return { redis, gateway };
}

/** An agent that publishes a run; every call must return, and the queue keep its bound. */
class Agent {
  readonly publisher: Publisher;
  readonly maxQueueBytes: number;
  readonly traceId: string;
  readonly events: TraceEvent[];
  readonly errors: Error[] = [];
  published = 0;
  mostQueuedBytes = 0;
  longestCallMs = 0;

  constructor(url: string, seed: number, options: Partial<PublisherOptions> = {}) {
    this.maxQueueBytes = options.maxQueueBytes ?? 8 * 1024 * 1024;
    this.publisher = new Publisher({
      exporter: createExporter(url),
      maxQueueBytes: this.maxQueueBytes,
      onError: (error) => this.errors.push(error),
      ...options,
    });
    onTestFinished(async () => {
      await this.publisher.shutdown({ timeoutMs: 1_000 });
    });
    const { traceId, events } = generateRun(seed, { spans: 1_000 });
    this.traceId = traceId;
    this.events = events;
  }

  publish(count: number): void {
    for (const event of this.events.slice(this.published, this.published + count)) {
      const startMs = performance.now();
      this.publisher.publish(this.traceId, event);
      this.longestCallMs = Math.max(this.longestCallMs, performance.now() - startMs);
      this.published++;
      this.mostQueuedBytes = Math.max(this.mostQueuedBytes, this.publisher.stats.queuedBytes);
    }
  }
}

describe(`Redis goes while agents publish (SEED=${SEED})`, () => {
  it('[PROM3, PROM6, PROM9, PUB2, PUB10] agents go on, and everything arrives after ten seconds', async () => {
    const { redis, gateway } = await startBoth();
    const agents = [new Agent(redis.url, SEED), new Agent(gateway.url, SEED + 1)];
    const client = connect(gateway, { random: () => Math.random() / 10 });
    const got = new Map<string, TraceEvent[]>();
    const viewers = agents.map(async ({ traceId }) => {
      const events: TraceEvent[] = [];
      got.set(traceId, events);
      for await (const item of client.events(traceId)) events.push(eventOf(item));
    });
    const statuses = new Set<WatchStatus>();
    for (const { traceId } of agents)
      client.watch(traceId).on('status', (status) => statuses.add(status));
    for (const agent of agents) agent.publish(100);
    await eventually(() => [...got.values()].every(({ length }) => length === 100), 'all is well');

    await redis.kill();
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const endMs = performance.now() + OUTAGE_MS;
    while (performance.now() < endMs) {
      for (const agent of agents) agent.publish(3);
      await pause(20);
    }
    delay.disable();
    expect(statuses).toContain('stalled');
    for (const agent of agents) {
      expect(agent.publisher.stats).toMatchObject({ failing: true, deliveredEvents: 100 });
      // One outage is one message, and one more each ten seconds.
      expect(agent.errors.length).toBeGreaterThan(0);
      expect(agent.errors.length).toBeLessThanOrEqual(3);
    }
    const duringOutage = agents.map(({ published }) => published - 100);
    await redis.restart();
    for (const agent of agents) agent.publish(agent.events.length);
    await Promise.all(viewers);
    console.log(
      `SEED=${SEED} ${duringOutage.join(' and ')} events published during the outage; event loop ` +
        `delayed by ${(delay.max / 1e6).toFixed(1)} ms at most; longest publish() ` +
        `${Math.max(...agents.map((agent) => agent.longestCallMs)).toFixed(1)} ms; at most ` +
        `${agents.map((agent) => agent.mostQueuedBytes).join(' and ')} bytes queued`,
    );
    for (const { traceId, events, publisher, mostQueuedBytes, maxQueueBytes } of agents) {
      expect(got.get(traceId)).toEqual(events);
      expect(mostQueuedBytes).toBeLessThanOrEqual(maxQueueBytes);
      expect(await publisher.flush()).toBe(true);
      expect(publisher.stats).toMatchObject({
        queuedBytes: 0,
        deliveredEvents: events.length,
        dropped: { events: 0, updates: 0, payloads: 0 },
        failing: false,
      });
    }
  });

  it.each(WAYS)(
    '[PROM9, PUB4, PUB5, TR9] with no room for it all, what is lost is counted to viewers, %s',
    async (way) => {
      const { redis, gateway } = await startBoth();
      const url = way === 'straight to Redis' ? redis.url : gateway.url;
      const agent = new Agent(url, SEED, { maxQueueBytes: 48 * 1024 });
      const { traceId, events } = agent;
      const client = connect(gateway, { random: () => Math.random() / 10 });
      const got: TraceEvent[] = [];
      const viewing = (async () => {
        for await (const item of client.events(traceId)) got.push(eventOf(item));
      })();
      const run = client.watch(traceId);
      agent.publish(20);
      await eventually(() => got.length === 20, 'all is well');
      await redis.kill();
      // Enough for every mark to be passed, with a rest that tells of the last losses.
      while (agent.published < events.length - 200) {
        agent.publish(5);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await redis.restart();
      expect(await agent.publisher.flush()).toBe(true);
      agent.publish(events.length);
      await viewing;

      const lost = { events: 0, updates: 0, payloads: 0 };
      for (const { dropped } of got)
        for (const kind of ['events', 'updates', 'payloads'] as const)
          lost[kind] += dropped?.[kind] ?? 0;
      const { stats } = agent.publisher;
      console.log(
        `SEED=${SEED} ${way}: ${got.length} of ${events.length} came, lost ${JSON.stringify(lost)}`,
      );
      expect(agent.published).toBe(events.length);
      expect(lost.events).toBeGreaterThan(0);
      expect(lost.updates).toBeGreaterThan(0);
      expect(got.length + lost.events + lost.updates).toBe(events.length);
      expect(stats.dropped).toEqual(lost);
      expect(stats.deliveredEvents).toBe(got.length);
      expect(agent.mostQueuedBytes).toBeLessThanOrEqual(agent.maxQueueBytes);
      await eventually(() => run.status === 'ended', 'the tree is complete');
      expect(run.tree.dropped).toEqual(lost);
      // What came is in order, each once, and no span is open or without its start.
      const order = new Map(events.map((event, i) => [keyOf(event), i]));
      const places = got.map((event) => order.get(keyOf(event)));
      expect(places).toEqual([...new Set(places)].toSorted((a, b) => Number(a) - Number(b)));
      for (const { span } of run.tree.walk()) expect(span.state).toBe('closed');
    },
  );
});

function keyOf(event: TraceEvent): string {
  return `${event.type} ${event.spanId} ${event.type === 'update' ? event.seq : ''}`;
}
