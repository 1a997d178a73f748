import type { EventLog, LogEntry } from 'spantail';
import { calledLost, decodeEvent, decodeEventArray, encodeEvent } from '@spantail/protocol';
import type { WatchedRun } from '@spantail/client';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { connect } from '../support/client/connect.ts';
import { AgentProcess } from '../support/fault/agent-process.ts';
import { eventually, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { startGatewayProcess } from '../support/gateway-process.ts';
import { seededRandom } from '../support/generate-run.ts';
import { startRedis, type RedisServer, type RedisServerOptions } from '../support/redis-server.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);
/** The long form: KILLS=200. */
const KILLS = Number(process.env['KILLS'] ?? 4);
/** The long form: LEASE_MS=15000, and then two minutes for each of the quiet ones. */
const LEASE_MS = Number(process.env['LEASE_MS'] ?? 600);
/** Of those that live: a busy machine may well stop a process for half a second. */
const LIVING_LEASE_MS = Math.max(LEASE_MS, 2_000);
const PATIENCE_MS = 60_000 + 10 * LEASE_MS;
vi.setConfig({ testTimeout: PATIENCE_MS + 3_000 * KILLS + 10 * LEASE_MS });
const WHOLE = { after: '0-0', maxEntries: 100_000, maxBytes: 1e9 };
/** Looks often, and judges a lease after it has begun. */
const LOOKING = { everyMs: 200, mostGapMs: 2_000 };
const WATCHING = { tracker: { graceMs: 50 }, leases: { settleMs: 0, ...LOOKING } };

/** Nobody listens there. */
const CLOSED_PORT = 1;

type Where = 'a gateway' | 'Redis';

interface Place extends TestGateway {
  /** Where agents publish. */
  address: string;
  redis: RedisServer | undefined;
}

async function redisOfTest(options: RedisServerOptions = {}): Promise<RedisServer> {
  const redis = await startRedis(options);
  onTestFinished(() => redis.stop());
  return redis;
}

async function placeOf(where: Where): Promise<Place> {
  const redis = where === 'Redis' ? await redisOfTest() : undefined;
  const gateway = await startTestGateway({
    ...WATCHING,
    ...(redis === undefined ? {} : { redis: redis.url }),
  });
  return { ...gateway, address: redis?.url ?? gateway.url, redis };
}

function agentAt(address: string, what: string, leaseMs: number, count = 1): AgentProcess {
  return new AgentProcess('leased-agent.ts', [address, `${leaseMs}`, what, `${count}`]);
}

/** An agent in the middle of a model call. */
async function waitingAgent(
  address: string,
  leaseMs = LEASE_MS,
): Promise<{ agent: AgentProcess; traceId: string }> {
  const agent = agentAt(address, 'wait', leaseMs);
  await agent.printed(1);
  return { agent, traceId: agent.lines[0] ?? '' };
}

function statesOf(run: WatchedRun): string[] {
  const [root] = run.tree.roots;
  return [root?.state, root?.children[0]?.state].map((state) => state ?? 'absent');
}

/** Entries that call somebody lost. */
async function lostEntries(log: EventLog, traceId: string): Promise<LogEntry[]> {
  const entries = await log.read({ project: 'default', streamId: traceId }, WHOLE);
  return entries.filter(({ producer }) => calledLost(producer) !== undefined);
}

async function waitForLost(run: WatchedRun, what: string): Promise<void> {
  const isLost = (): boolean => statesOf(run).every((state) => state === 'lost');
  await eventually(isLost, what, PATIENCE_MS);
}

describe.each<Where>(['a gateway', 'Redis'])(`agents at %s (SEED=${SEED})`, (where) => {
  it(`[PROM7, LE4, LE8] ${KILLS} that are killed in a model call are lost in time, and their runs end`, async () => {
    const random = seededRandom(SEED);
    const place = await placeOf(where);
    const client = connect(place);
    const worst = { lateMs: 0 };
    const kill = async (): Promise<void> => {
      const { agent, traceId } = await waitingAgent(place.address);
      const run = client.watch(traceId);
      await eventually(() => statesOf(run).join() === 'open,open', 'the call is seen');
      const ticks = Math.floor(random() * 3);
      if (ticks > 0) await agent.said('tick', ticks);
      const killedAtMs = Date.now();
      await agent.kill();
      await waitForLost(run, 'the spans are lost');

      const [root] = run.tree.roots;
      for (const span of [root, root?.children[0]]) {
        const seenAtMs = (span?.endUs ?? 0) / 1_000;
        // One machine, one clock. It was heard of at least every third of a lease.
        expect(seenAtMs).toBeLessThanOrEqual(killedAtMs + 1_000);
        expect(seenAtMs).toBeGreaterThan(killedAtMs - LEASE_MS);
        const seen = new Date(seenAtMs).toISOString();
        expect(span).toMatchObject({
          status: 'error',
          error: { type: 'lost', message: `not heard of since ${seen}` },
        });
      }
      expect(root?.children[0]?.outputText).toBe('first words');
      await eventually(() => run.status === 'ended', 'the run ends');
      const entries = await lostEntries(place.log, traceId);
      expect(entries).toHaveLength(1);
      worst.lateMs = Math.max(worst.lateMs, msOf(entries[0]) - killedAtMs);
    };
    for (let left = KILLS; left > 0; left -= 8)
      await Promise.all(Array.from({ length: Math.min(left, 8) }, kill));
    if (KILLS > 4)
      console.log(`${KILLS} kills at ${where}: the latest was lost after ${worst.lateMs} ms`);
    expect(worst.lateMs).toBeLessThanOrEqual(LEASE_MS + 5_000);
  });

  it('[LE7, PROM7] one that was frozen is lost, goes on, and its own end repairs it', async () => {
    const place = await placeOf(where);
    const { agent, traceId } = await waitingAgent(place.address);
    const run = connect(place).watch(traceId);
    await eventually(() => statesOf(run).join() === 'open,open', 'the call is seen');
    agent.signal('SIGSTOP');
    await waitForLost(run, 'the frozen agent is lost');
    agent.signal('SIGCONT');
    await agent.said('tick', agent.lines.filter((line) => line === 'tick').length + 2);
    // Its renewals bring nothing back by themselves.
    expect(statesOf(run)).toEqual(['lost', 'lost']);
    agent.signal('SIGUSR2');
    await eventually(() => statesOf(run).join() === 'closed,closed', 'its own end counts');
    const [root] = run.tree.roots;
    expect(root).toMatchObject({ status: 'ok' });
    expect(root?.error).toBeUndefined();
    expect(root?.children[0]?.outputText).toBe('first words, last words');
    expect(await agent.ended()).toBe(0);
    expect(agent.lines.at(-1)).toBe('done');
  });

  it('[LE7, LE4] one that was frozen, goes on and dies is lost with what it did since', async () => {
    const place = await placeOf(where);
    const { agent, traceId } = await waitingAgent(place.address);
    const run = connect(place).watch(traceId);
    agent.signal('SIGSTOP');
    await waitForLost(run, 'the frozen agent is lost');
    const stream = { project: 'default', streamId: traceId };
    const before = run.tree.roots[0]?.endUs ?? 0;
    const [entry] = await place.log.read(stream, WHOLE);
    const producer = entry?.producer ?? '';
    // What it would write: the end of the call, and the begin of the next one.
    const spanId = 'ab'.repeat(8);
    const events = [
      { type: 'open', spanId, name: 'next', spanType: 'tool', startUs: before } as const,
    ];
    await agent.kill();
    await place.append(traceId, [], { producer: 'another' });
    await place.log.append({
      ...stream,
      producer,
      number: 1_000,
      fin: false,
      leaseMs: LEASE_MS,
      events: events.map((event) => encodeEvent(event)),
      blobs: [],
      refs: [],
    });
    await eventually(
      async () => (await lostEntries(place.log, traceId)).length === 2,
      'it is lost again',
      PATIENCE_MS,
    );
    const [, second] = await lostEntries(place.log, traceId);
    const closed = decodeEventArray(second?.events ?? new Uint8Array()).map(
      (bytes) => decodeEvent(bytes).spanId,
    );
    expect(closed).toHaveLength(3);
    expect(closed).toContain(spanId);
    await eventually(() => (run.tree.roots[0]?.endUs ?? 0) > before, 'the later time counts');
  });

  it('[LE9, LE2] none is lost in 20 tool calls of three leases', async () => {
    const place = await placeOf(where);
    const agent = agentAt(place.address, 'silent', LIVING_LEASE_MS, 20);
    expect(await agent.ended()).toBe(0);
    expect(agent.lines.at(-1)).toBe('done');
    const traces = agent.lines.filter((line) => /^[0-9a-f]{32}$/.test(line));
    expect(traces).toHaveLength(20);
    for (const traceId of traces) expect(await lostEntries(place.log, traceId)).toEqual([]);
    expect(await place.log.lapsed(100)).toEqual([]);
  });

  it('[LE9, LE2] none is lost that blocks its event loop for more than half of a lease', async () => {
    const place = await placeOf(where);
    const agent = agentAt(place.address, 'busy', LIVING_LEASE_MS, 4);
    expect(await agent.ended()).toBe(0);
    expect(agent.lines.at(-1)).toBe('done');
    expect(await lostEntries(place.log, agent.lines[0] ?? '')).toEqual([]);
  });
});

describe('leases and outages', () => {
  it.each<
    [
      string,
      (redis: RedisServer) => Promise<void> | void,
      (redis: RedisServer) => Promise<void> | void,
    ]
  >([
    ['gone', (redis) => redis.kill(), (redis) => redis.restart()],
    ['paused', (redis) => redis.pause(), (redis) => redis.resume()],
  ])(
    '[LE6] nobody who lives is lost after Redis was %s for longer than the lease; the dead are',
    async (_, takeAway, giveBack) => {
      const redis = await redisOfTest({ aof: true });
      // Nothing but the wait after a break protects the living here.
      const leases = { ...LOOKING, settleMs: 5_000, confirmMs: 0 };
      const gateway = await startTestGateway({ ...WATCHING, leases, redis: redis.url });
      let isCut = false;
      const link = await TcpProxy.start(() => (isCut ? CLOSED_PORT : redis.port));
      onTestFinished(() => link.close());
      // The third one's network comes back later than Redis itself.
      const addresses = [redis.url, gateway.url, `redis://127.0.0.1:${link.port}`];
      const start = (leaseMs: number) =>
        Promise.all(addresses.map((address) => waitingAgent(address, leaseMs)));
      const living = await start(LIVING_LEASE_MS);
      const dying = await start(LEASE_MS);
      await takeAway(redis);
      await Promise.all(dying.map(({ agent }) => agent.kill()));
      await Promise.all(living.map(({ agent }) => agent.said('tick', ticksOf(agent) + 2)));
      isCut = true;
      await eventually(() => !link.cut(0), 'the third one has no connection');
      await giveBack(redis);
      const late = living.at(-1);
      await eventually(async () => {
        const lapsed = await gateway.log.lapsed(100).catch(() => []);
        return lapsed.some(({ streamId }) => streamId === late?.traceId);
      }, 'the log says that the lease of one who lives has lapsed');
      await late?.agent.said('tick', ticksOf(late.agent) + 1);
      isCut = false;

      const client = connect(gateway);
      for (const { traceId } of dying)
        await waitForLost(client.watch(traceId), 'the dead are lost');
      for (const { agent, traceId } of living) {
        expect(await lostEntries(gateway.log, traceId)).toEqual([]);
        agent.signal('SIGUSR2');
        expect(await agent.ended()).toBe(0);
        expect(agent.lines.at(-1)).toBe('done');
        expect(await lostEntries(gateway.log, traceId)).toEqual([]);
      }
    },
  );

  it('[LE6] nobody is lost when the server itself was frozen or killed; who died meanwhile is', async () => {
    const server = await startGatewayProcess(['--data', temporaryDirectory()]);
    onTestFinished(() => server.kill());
    const living = await waitingAgent(server.url, LIVING_LEASE_MS);
    const client = connect(server);
    const run = client.watch(living.traceId);
    const interruptions: [() => Promise<void> | void, () => Promise<void> | void][] = [
      [
        () => void process.kill(server.pid, 'SIGSTOP'),
        () => void process.kill(server.pid, 'SIGCONT'),
      ],
      [() => server.kill(), () => server.restart()],
    ];
    for (const [takeAway, giveBack] of interruptions) {
      const dying = await waitingAgent(server.url);
      await takeAway();
      await dying.agent.kill();
      await living.agent.said('tick', ticksOf(living.agent) + 2);
      await giveBack();
      await waitForLost(client.watch(dying.traceId), 'the dead one is lost');
      expect(statesOf(run)).toEqual(['open', 'open']);
    }
    living.agent.signal('SIGUSR2');
    await eventually(() => statesOf(run).join() === 'closed,closed', 'it ends by itself');
    expect(run.tree.roots[0]).toMatchObject({ status: 'ok' });
  });

  it('[LE5] of several servers on one Redis, one writes', async () => {
    const redis = await redisOfTest();
    const servers = await Promise.all(
      [1, 2, 3].map(() => startTestGateway({ ...WATCHING, redis: redis.url })),
    );
    const agents = await Promise.all(
      [redis.url, ...servers.map(({ url }) => url)].map((url) => waitingAgent(url)),
    );
    await Promise.all(agents.map(({ agent }) => agent.kill()));
    const [server] = servers;
    if (server === undefined) throw new Error('there are three');
    const client = connect(server);
    for (const { traceId } of agents) {
      const run = client.watch(traceId);
      await waitForLost(run, 'the dead are lost');
      await eventually(() => run.status === 'ended', 'the run ends');
      expect(await lostEntries(server.log, traceId)).toHaveLength(1);
    }
  });
});

function ticksOf(agent: AgentProcess): number {
  return agent.lines.filter((line) => line === 'tick').length;
}

/** When the log took it. */
function msOf(entry: LogEntry | undefined): number {
  return Number(entry?.position.split('-')[0]);
}
