import { createClient } from '@spantail/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ScriptedRun, startAgent } from '../support/fault/agents.ts';
import { FaultPlan } from '../support/fault/fault-plan.ts';
import { Ledger } from '../support/fault/ledger.ts';
import { startLivePath } from '../support/fault/live-path.ts';
import { watchInPieces, watchSteadily } from '../support/fault/viewers.ts';
import { seededRandom } from '../support/generate-run.ts';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);
/** So little is under way at once that something gets through between the faults. */
const MOST_LAG = 12;

interface Scenario {
  kind: 'redis' | 'embedded';
  runs: number;
  spans: number;
  kills: number;
  cuts: number;
}

describe(`the whole live path under fault (SEED=${SEED})`, () => {
  it.each<Scenario>([
    { kind: 'redis', runs: 20, spans: 130, kills: 24, cuts: 976 },
    { kind: 'embedded', runs: 6, spans: 130, kills: 16, cuts: 284 },
  ])(
    '[PROM3, PROM6, PUB1, PUB2] every event exactly once, in order, on $kind: $kills kills and $cuts cuts in $runs runs',
    async ({ kind, runs: runCount, spans, kills, cuts }) => {
      const random = seededRandom(SEED);
      const path = await startLivePath(kind);
      const ledger = new Ledger();
      const agents = [...path.agentUrls, ...path.agentUrls].map((url) => startAgent(url, random));
      const clients = [0, 1, 2, 3].map(() => {
        const client = createClient({ url: path.viewerUrl, random: () => random() / 100 });
        onTestFinished(() => client.close());
        return client;
      });
      const runs = Array.from({ length: runCount }, (_, i) => {
        const agent = agents[i % agents.length];
        if (agent === undefined) throw new Error('no agent');
        return new ScriptedRun(agent, SEED + i, spans, ledger);
      });
      const viewers = runs.flatMap(({ traceId }, i) => {
        const client = clients[i % clients.length];
        if (client === undefined) throw new Error('no client');
        return [
          watchSteadily(client, ledger.viewer('a steady viewer', traceId)),
          watchInPieces(path.viewerUrl, ledger.viewer('a returning viewer', traceId), { random }),
        ];
      });
      const eventCount = runs.reduce((sum, { run }) => sum + run.events.length, 0);
      const plan = new FaultPlan(path, { kills, cuts }, eventCount, random);

      for (let published = 1; published <= eventCount; published++) {
        for (;;) {
          const ready = runs.filter((run) => !run.isDone && ledger.lag(run.traceId) < MOST_LAG);
          const run = ready[Math.floor(random() * ready.length)];
          if (run !== undefined) {
            run.publishNext();
            break;
          }
          await ledger.progress();
        }
        await plan.after(published);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await plan.settled();
      const delivered = await Promise.all(agents.map((agent) => agent.flush()));
      await Promise.all(viewers);

      console.log(
        `SEED=${SEED} ${kind}: ${runCount} runs, ${plan.count} faults ${JSON.stringify(plan.done)}; ` +
          `${ledger.publishedCount} events published, ${ledger.receivedCount} received by ` +
          `${viewers.length} viewers`,
      );
      expect(ledger.problems()).toEqual([]);
      expect(delivered).toEqual(agents.map(() => true));
      expect(ledger.publishedCount).toBe(eventCount);
      expect(ledger.receivedCount).toBe(2 * eventCount);
      expect(plan.count).toBe(kills + cuts);
      for (const name of Object.keys(path.links)) expect(plan.done[name]).toBeGreaterThan(0);

      // What was published by reference is all there, too, and whoever comes late has the same.
      const late = createClient({ url: path.viewerUrl });
      onTestFinished(() => late.close());
      for (const { traceId, payloads } of runs)
        for (const { payload, value } of payloads.slice(-3))
          expect(await late.load(traceId, payload)).toEqual(value);
      for (const { traceId } of runs.slice(0, 3))
        await watchSteadily(late, ledger.viewer('a late viewer', traceId));
      expect(ledger.problems()).toEqual([]);
    },
    300_000,
  );
});
