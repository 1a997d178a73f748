/**
 * A trace of 100,000 events: how fast the publisher brings it into the log, and how fast a viewer
 * that joins afterwards has caught up, with the client library and as bare frames.
 */
import { Publisher, createExporter } from '@spantail/agent';
import { createClient } from '@spantail/client';
import { newTraceId } from '@spantail/protocol';
import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { Child } from './support/child.ts';
import { nowNs } from './support/clock.ts';
import { cpuSeconds } from './support/process-cpu.ts';
import { grouped, median } from './support/statistics.ts';
import { measurableLogs, startSubject, type Subject } from './support/subject.ts';
import type { ViewersReport } from './support/viewers-process.ts';

const EVENTS = 100_000;
const ROUNDS = 3;

interface Figures {
  appended: number;
  appendCpu: number;
  caughtUp: number;
  catchUpCpu: number;
  bareFrames: number;
}

export async function run(): Promise<void> {
  await using cleanup = new AsyncDisposableStack();
  const ways: { name: string; subject: Subject; url: string; figures: Figures[] }[] = [];
  for (const log of measurableLogs()) {
    const subject = cleanup.use(await startSubject(log));
    if (subject.redis !== undefined)
      ways.push({ name: 'Redis, straight', subject, url: subject.redis.url, figures: [] });
    const name = log === 'redis' ? 'Redis, through the gateway' : 'embedded log';
    ways.push({ name, subject, url: subject.gateway.url, figures: [] });
  }
  for (let round = 0; round < ROUNDS; round++)
    for (const { subject, url, figures } of ways) figures.push(await measure(subject, url));
  console.table(
    Object.fromEntries(
      ways.map(({ name, figures }) => {
        const of = (key: keyof Figures): string => grouped(median(figures.map((one) => one[key])));
        return [
          name,
          {
            'appended/s': of('appended'),
            'per gateway CPU-s': of('appendCpu'),
            'client caught up/s': of('caughtUp'),
            'catch-up per gateway CPU-s': of('catchUpCpu'),
            'bare viewer/s': of('bareFrames'),
          },
        ];
      }),
    ),
  );
}

async function measure({ gateway }: Subject, url: string): Promise<Figures> {
  const traceId = newTraceId(randomBytes);
  const append = await timed(gateway.pid, () => publish(url, traceId));
  const catchUp = await timed(gateway.pid, () => readAll(gateway.url, traceId));
  const bare = await timed(gateway.pid, () => readFrames(gateway.url, traceId));
  return {
    appended: EVENTS / append.seconds,
    appendCpu: EVENTS / append.cpu,
    caughtUp: EVENTS / catchUp.seconds,
    catchUpCpu: EVENTS / catchUp.cpu,
    bareFrames: EVENTS / bare.seconds,
  };
}

async function publish(url: string, traceId: string): Promise<void> {
  await using publisher = new Publisher({ exporter: createExporter(url) });
  const spanId = '00f067aa0ba902b7';
  const startUs = Date.now() * 1_000;
  publisher.publish(traceId, { type: 'open', spanId, name: 'long', spanType: 'model', startUs });
  for (let seq = 0; seq < EVENTS - 2; seq++) {
    publisher.publish(traceId, {
      type: 'update',
      spanId,
      seq,
      outputDelta: `word ${seq} of many `,
    });
    if (seq % 500 === 499) await setImmediate();
    while (publisher.stats.queuedBytes > 4 * 2 ** 20) await setImmediate();
  }
  publisher.publish(traceId, { type: 'close', spanId, endUs: startUs, status: 'ok' });
  await publisher.flush();
  const { events, updates } = publisher.stats.dropped;
  if (events + updates > 0) throw new Error(`${events + updates} events were dropped`);
}

async function readAll(url: string, traceId: string): Promise<void> {
  const client = createClient({ url });
  let count = 0;
  for await (const item of client.events(traceId, { follow: true }))
    if (item.type !== 'end' && ++count === EVENTS) break;
  client.close();
}

/** The time includes the start of a process, which is why it is asked afterwards. */
async function readFrames(url: string, traceId: string): Promise<void> {
  await using viewer = await Child.start('viewers-process.ts', { url, streams: [[traceId]] });
  await viewer.ask<ViewersReport>({ expected: EVENTS });
}

async function timed(
  pid: number,
  step: () => Promise<void>,
): Promise<{ seconds: number; cpu: number }> {
  const cpuBefore = cpuSeconds(pid);
  const beginNs = nowNs();
  await step();
  return { seconds: (nowNs() - beginNs) / 1e9, cpu: cpuSeconds(pid) - cpuBefore };
}
