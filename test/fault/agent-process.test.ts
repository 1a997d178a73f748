import { createServer, type AddressInfo } from 'node:net';
import type { TraceEvent } from '@spantail/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { collect, eventOf } from '../support/client/collect.ts';
import { connect } from '../support/client/connect.ts';
import { AgentProcess } from '../support/fault/agent-process.ts';
import { eventually, startTestGateway } from '../support/gateway.ts';
import { generateRun, seededRandom } from '../support/generate-run.ts';
import { startRedis, type RedisServer, type RedisServerOptions } from '../support/redis-server.ts';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);

async function redisOfTest(options: RedisServerOptions = {}): Promise<RedisServer> {
  const redis = await startRedis(options);
  onTestFinished(() => redis.stop());
  return redis;
}

/** A server that takes connections and never says a word. */
async function silentServer(): Promise<string> {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await eventually(() => server.listening, 'it listens');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function unusedAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await eventually(() => server.listening, 'it listens');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
}

/** Where an agent may find itself; each gives the address to publish to. */
const PLACES: [string, () => Promise<string>][] = [
  ['a gateway', async () => (await startTestGateway()).url],
  ['Redis', async () => (await redisOfTest()).url],
  ['a Redis cluster', async () => (await redisOfTest({ cluster: true })).url],
  ['no gateway', async () => `http://${await unusedAddress()}`],
  ['no Redis', async () => `redis://${await unusedAddress()}`],
  ['a gateway that hangs', async () => `http://${await silentServer()}`],
  ['a Redis that hangs', async () => `redis://${await silentServer()}`],
  [
    'a Redis that is paused',
    async () => {
      const redis = await redisOfTest();
      redis.pause();
      return redis.url;
    },
  ],
  ['an address that cannot work', async () => 'gopher://127.0.0.1'],
];

describe(`an agent's process (SEED=${SEED})`, () => {
  it.each(PLACES)(
    '[PUB11, PUB10, PROM9] ends by itself without shutdown, at %s',
    async (_, place) => {
      const agent = new AgentProcess('plain-agent.ts', [await place()]);
      expect(await agent.ended()).toBe(0);
      expect(agent.lines).toHaveLength(1);
    },
  );

  it.each(PLACES.slice(0, 3))(
    '[PUB11] delivers everything when it awaits shutdown, at %s',
    async (_, place) => {
      const url = await place();
      const agent = new AgentProcess('plain-agent.ts', [url, 'shutdown', '20']);
      expect(await agent.ended()).toBe(0);
      const [traceId = '', delivered] = agent.lines;
      expect(delivered).toBe('true');
      const gateway = url.startsWith('redis')
        ? await startTestGateway({ redis: url, tracker: {} })
        : { url };
      await expectWhole(gateway, traceId, 20);
    },
  );

  it('[PUB11, PUB2] holds its process while it awaits shutdown and Redis hangs, and delivers everything', async () => {
    const redis = await redisOfTest();
    const gateway = await startTestGateway({ redis: redis.url, tracker: {} });
    redis.pause();
    const agent = new AgentProcess('plain-agent.ts', [redis.url, 'shutdown', '20']);
    await agent.printed(1);
    redis.resume();
    expect(await agent.ended()).toBe(0);
    const [traceId = '', delivered] = agent.lines;
    expect(delivered).toBe('true');
    await expectWhole(gateway, traceId, 20);
  });

  it.each(['a gateway', 'Redis'])(
    '[PROM6, PUB1] loses nothing that was acknowledged when it is killed, at %s',
    async (where) => {
      const random = seededRandom(SEED);
      const redis = where === 'Redis' ? await redisOfTest() : undefined;
      const gateway = await startTestGateway(redis === undefined ? {} : { redis: redis.url });
      const client = connect(gateway);
      for (let round = 0; round < 4; round++) {
        const seed = SEED + round;
        const { traceId, events } = generateRun(seed, { spans: 4_000 });
        const agent = new AgentProcess('publishing-agent.ts', [
          redis?.url ?? gateway.url,
          `${seed}`,
          '4000',
        ]);
        const got: TraceEvent[] = [];
        const viewing = new AbortController();
        const watching = (async () => {
          for await (const item of client.events(traceId, { signal: viewing.signal }))
            got.push(eventOf(item));
        })();
        await agent.printed(1 + Math.floor(random() * 60));
        await agent.kill();
        const acknowledged = Number(agent.lines.at(-1));
        expect(acknowledged).toBeLessThan(events.length);
        await eventually(() => got.length >= acknowledged, 'all that was acknowledged came');
        viewing.abort();
        await watching;
        // What was under way may have got through, but only in its place.
        expect(got).toEqual(events.slice(0, got.length));
        // Late viewers have the same.
        const again = await collect(client, traceId, got.length);
        expect(again.map(eventOf)).toEqual(got);
      }
    },
  );
});

async function expectWhole(
  gateway: { url: string },
  traceId: string,
  steps: number,
): Promise<void> {
  const run = connect(gateway).watch(traceId);
  await eventually(
    () => run.tree.roots.length === 1 && run.tree.roots[0]?.state === 'closed',
    'the root has ended',
  );
  const [root] = run.tree.roots;
  expect(root?.children).toHaveLength(steps);
  for (const [i, { state, outputText, outputComplete }] of root?.children.entries() ?? []) {
    expect(state).toBe('closed');
    expect(outputText).toBe(`piece ${i} `);
    expect(outputComplete).toBe(true);
  }
}
