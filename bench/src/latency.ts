/**
 * Publish to callback for one viewer: a tracer in one process, the gateway in a second, the client
 * library in a third, all on one clock. The ways to the log take turns.
 */
import { createClient } from '@spantail/client';
import type { AgentsReport, AgentsStarted } from './support/paced-agents.ts';
import { Child } from './support/child.ts';
import { until } from './support/settle.ts';
import { median, quantile, round } from './support/statistics.ts';
import { measurableLogs, startSubject, type Subject } from './support/subject.ts';
import { LatencyWatch } from './support/watch-latency.ts';

const RATES = [100, 1_000];
const ROUNDS = 3;
const SECONDS = 3;

interface Way {
  name: string;
  agents: Child;
  watch: LatencyWatch;
  p50s: number[][];
  p99s: number[][];
}

export async function run(): Promise<void> {
  await using cleanup = new AsyncDisposableStack();
  const ways: Way[] = [];
  for (const log of measurableLogs()) {
    const subject = cleanup.use(await startSubject(log));
    if (subject.redis !== undefined)
      ways.push(await openWay(cleanup, 'Redis, straight', subject, subject.redis.url));
    const name = log === 'redis' ? 'Redis, through the gateway' : 'embedded log';
    ways.push(await openWay(cleanup, name, subject, subject.gateway.url));
  }
  for (const way of ways) await way.agents.ask({ eventsPerSecond: 1_000, seconds: 1 });
  for (let round = 0; round < ROUNDS; round++)
    for (const way of ways)
      for (const [i, eventsPerSecond] of RATES.entries()) await measure(way, i, eventsPerSecond);
  console.table(
    Object.fromEntries(
      ways.map(({ name, p50s, p99s }) => [
        name,
        Object.fromEntries(
          RATES.flatMap((rate, i) => [
            [`${rate}/s p50 ms`, round(median(p50s[i] ?? []))],
            [`${rate}/s p99 ms`, round(median(p99s[i] ?? []))],
          ]),
        ),
      ]),
    ),
  );
}

async function openWay(
  cleanup: AsyncDisposableStack,
  name: string,
  subject: Subject,
  url: string,
): Promise<Way> {
  const agents = cleanup.use(await Child.start('paced-agents.ts', { url, traces: 1 }));
  const { traceIds } = agents.started as AgentsStarted;
  const client = createClient({ url: subject.gateway.url });
  const watch = new LatencyWatch(client, traceIds);
  cleanup.defer(() => {
    watch.close();
    client.close();
  });
  await until(() => watch.received > 0, 'the first event');
  return { name, agents, watch, p50s: RATES.map(() => []), p99s: RATES.map(() => []) };
}

async function measure(way: Way, i: number, eventsPerSecond: number): Promise<void> {
  const { agents, watch } = way;
  watch.take();
  const report = await agents.ask<AgentsReport>({ eventsPerSecond, seconds: SECONDS });
  if (report.dropped > 0) console.log(`  ${way.name}: ${report.dropped} dropped`);
  await until(() => watch.samplesMs.length >= report.events / 2, 'the last event');
  const samples = watch.take();
  way.p50s[i]?.push(quantile(samples, 0.5));
  way.p99s[i]?.push(quantile(samples, 0.99));
}
