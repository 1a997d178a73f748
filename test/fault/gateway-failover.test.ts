import { createClient } from '@spantail/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ScriptedRun, startAgent } from '../support/fault/agents.ts';
import { Ledger } from '../support/fault/ledger.ts';
import { watchInPieces, watchSteadily } from '../support/fault/viewers.ts';
import { startGatewayProcess } from '../support/gateway-process.ts';
import { seededRandom } from '../support/generate-run.ts';
import { startRedis } from '../support/redis-server.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);
const MOST_LAG = 12;

describe(`two gateways on one Redis (SEED=${SEED})`, () => {
  it('[PROM3, PROM6] viewers and agents move to the other one when theirs is killed, and miss nothing', async () => {
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
    const moves = new Set(Array.from({ length: 8 }, (_, i) => Math.floor(((i + 0.5) * most) / 8)));
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
});
