import { createClient } from '@spantail/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ScriptedRun, startAgent } from '../support/fault/agents.ts';
import { Ledger } from '../support/fault/ledger.ts';
import { startLivePath } from '../support/fault/live-path.ts';
import { watchInPieces, watchSteadily } from '../support/fault/viewers.ts';
import { startGatewayProcess } from '../support/gateway-process.ts';
import { eventually } from '../support/eventually.ts';
import { seededRandom } from '../support/generate-run.ts';
import { startRedis } from '../support/redis-server.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);
const MOST_LAG = 12;

describe(`gateways that die or stand still (SEED=${SEED})`, () => {
  it('[PROM3, PROM6] of two on one Redis one is killed: viewers and agents move to the other and miss nothing', async () => {
    const random = seededRandom(SEED);
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const gateways = await Promise.all(
      [0, 1].map(() => startGatewayProcess(['--redis', redis.url])),
    );
    onTestFinished(async () => {
      for (const gateway of gateways) await gateway.kill();
    });
    let current = 0;
    const proxy = await TcpProxy.start(() => gateways[current]?.port ?? 0);
    onTestFinished(() => proxy.close());
    const url = `http://127.0.0.1:${proxy.port}`;

    const ledger = new Ledger();
    const client = createClient({ url, random: () => random() / 100 });
    onTestFinished(() => client.close());
    const agents = [startAgent(url, random), startAgent(redis.url, random)];
    const runs = agents.map((agent, i) => new ScriptedRun(agent, SEED + i, 120, ledger));
    const viewers = runs.flatMap(({ traceId }) => [
      watchSteadily(client, ledger.viewer('a steady viewer', traceId)),
      watchInPieces(url, ledger.viewer('a returning viewer', traceId), { random, most: 15 }),
    ]);
    const most = Math.max(...runs.map(({ run }) => run.events.length));
    const moves = new Set(Array.from({ length: 6 }, (_, i) => Math.floor(((i + 0.5) * most) / 6)));
    let restart: Promise<void> = Promise.resolve();
    for (let step = 0; step < most; step++) {
      for (const run of runs) {
        while (ledger.lag(run.traceId) >= MOST_LAG) await ledger.progress();
        run.publishNext();
      }
      if (!moves.has(step)) continue;
      // The other one is up again, then this one dies and everyone goes there.
      await restart;
      const dying = gateways[current];
      current = 1 - current;
      await dying?.kill();
      restart = dying?.restart() ?? restart;
    }
    await restart;
    await Promise.all(viewers);
    for (const agent of agents) expect(await agent.flush()).toBe(true);
    expect(ledger.problems()).toEqual([]);
    expect(ledger.publishedCount).toBe(runs.reduce((sum, { run }) => sum + run.events.length, 0));
  }, 120_000);

  it.each(['redis', 'embedded'] as const)(
    '[PROM3, PUB2, LOG2] a gateway that stands still and goes on takes nothing twice, on %s',
    async (kind) => {
      const random = seededRandom(SEED);
      const { gateway, viewerUrl, agentUrls } = await startLivePath(kind);
      const ledger = new Ledger();
      const agent = startAgent(agentUrls[0] ?? '', random, { timeoutMs: 200 });
      const run = new ScriptedRun(agent, SEED, 150, ledger);
      const client = createClient({ url: viewerUrl, random: () => random() / 100 });
      onTestFinished(() => client.close());
      const viewers = [
        watchSteadily(client, ledger.viewer('a steady viewer', run.traceId)),
        watchInPieces(viewerUrl, ledger.viewer('a returning viewer', run.traceId), { random }),
      ];
      for (let stops = 0; stops < 4; stops++) {
        for (let i = 0; i < 40; i++) {
          while (ledger.lag(run.traceId) >= MOST_LAG) await ledger.progress();
          run.publishNext();
        }
        expect(await agent.flush()).toBe(true);
        process.kill(gateway.pid, 'SIGSTOP');
        run.publishNext();
        // The request waits in the gateway's socket and is given up here; it will be taken, late.
        await eventually(() => agent.stats.failing, 'the agent notices');
        run.publishNext();
        process.kill(gateway.pid, 'SIGCONT');
      }
      while (!run.isDone) run.publishNext();
      await Promise.all(viewers);
      expect(await agent.flush()).toBe(true);
      expect(ledger.problems()).toEqual([]);
    },
  );
});
