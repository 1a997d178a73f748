/**
 * 10,000 watched traces of which 100 have 2,000 events a second between them: what do 9,900 watched
 * traces that are quiet cost? Against the same with only the 100 watched, and against silence.
 */
import { createClient, type Client } from '@spantail/client';
import { newTraceId } from '@spantail/protocol';
import { randomBytes } from 'node:crypto';
import { Child } from './support/child.ts';
import { nowNs, pause } from './support/clock.ts';
import type { AgentsReport, AgentsStarted } from './support/paced-agents.ts';
import { cpuSeconds, residentMiB } from './support/process-cpu.ts';
import { until } from './support/settle.ts';
import { quantile, round } from './support/statistics.ts';
import { measurableLogs, startSubject, type LogKind, type Subject } from './support/subject.ts';
import { LatencyWatch } from './support/watch-latency.ts';

const ACTIVE = 100;
const EVENTS_PER_SECOND = 2_000;
const SECONDS = 6;
const SUBSCRIPTIONS_A_SOCKET = 900;

type Row = Record<string, string | number>;

export async function run(): Promise<void> {
  const rows: Row[] = [];
  for (const log of measurableLogs())
    for (const watched of [ACTIVE, 10_000]) rows.push(...(await measure(log, watched)));
  console.table(rows);
}

async function measure(log: LogKind, watched: number): Promise<Row[]> {
  await using cleanup = new AsyncDisposableStack();
  const subject = cleanup.use(await startSubject(log));
  const { gateway, redis } = subject;
  const client = createClient({ url: gateway.url });
  cleanup.defer(() => client.close());
  const announced = new Set<string>();
  void noteRuns(client, announced);
  const url = redis?.url ?? gateway.url;
  const agents = cleanup.use(await Child.start('paced-agents.ts', { url, traces: ACTIVE }));
  const { traceIds } = agents.started as AgentsStarted;
  // These exist, too: a trace that is not there yet is another matter.
  const idle = await Child.start('paced-agents.ts', { url, traces: Math.max(1, watched - ACTIVE) });
  const { traceIds: idleIds } = cleanup.use(idle).started as AgentsStarted;
  const streams: string[][] = [];
  if (watched > ACTIVE)
    for (let at = 0; at < idleIds.length; at += SUBSCRIPTIONS_A_SOCKET)
      streams.push(idleIds.slice(at, at + SUBSCRIPTIONS_A_SOCKET));
  else streams.push([newTraceId(randomBytes)]);
  cleanup.use(await Child.start('viewers-process.ts', { url: gateway.url, streams }));
  const watch = new LatencyWatch(client, traceIds);
  cleanup.defer(() => watch.close());
  await until(() => watch.received >= ACTIVE, 'the first events');
  await agents.ask({ eventsPerSecond: EVENTS_PER_SECOND, seconds: 2 });
  watch.take();

  await until(() => announced.size >= traceIds.length + idleIds.length, 'all runs in the feed');
  await pause(1_000);
  const silent = await cpuShares(subject, () => pause(4_000));
  const busy = await cpuShares(subject, async () => {
    const command = { eventsPerSecond: EVENTS_PER_SECOND, seconds: SECONDS };
    const report = await agents.ask<AgentsReport>(command);
    await until(() => watch.samplesMs.length >= report.events / 2, 'the last event');
    if (report.dropped > 0) console.log(`  ${report.dropped} events dropped`);
  });
  const samples = watch.take();
  const about = { log, watched };
  return [
    { ...about, 'events/s': 0, ...silent },
    {
      ...about,
      'events/s': EVENTS_PER_SECOND,
      ...busy,
      'p50 ms': round(quantile(samples, 0.5)),
      'p99 ms': round(quantile(samples, 0.99)),
    },
  ];
}

/** Notes which runs the gateway has announced: ten thousand new ones take it a while. */
async function noteRuns(client: Client, announced: Set<string>): Promise<void> {
  for await (const { traceId } of client.runs()) announced.add(traceId);
}

/** Of one core, while `step` runs. */
async function cpuShares({ gateway, redis }: Subject, step: () => Promise<void>): Promise<Row> {
  const pids = { gateway: gateway.pid, ...(redis === undefined ? {} : { redis: redis.pid }) };
  const before = Object.values(pids).map(cpuSeconds);
  const beginNs = nowNs();
  await step();
  const seconds = (nowNs() - beginNs) / 1e9;
  const shares = Object.entries(pids).map(([name, pid], i) => {
    const share = (cpuSeconds(pid) - (before[i] ?? 0)) / seconds;
    return [`${name} CPU %`, round(100 * share, 1)];
  });
  return { ...Object.fromEntries(shares), 'gateway MiB': round(residentMiB(gateway.pid), 0) };
}
