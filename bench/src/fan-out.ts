/**
 * Deliveries per second, and per CPU-second of the gateway, to 1, 100 and 1,000 viewers of one trace
 * on the embedded log. The gateway's CPU-seconds count the ingest of the events, too. Viewers count;
 * they share one process, which may well be what bounds the deliveries per second.
 */
import { encodeEvent, encodeIngestRequest, newTraceId } from '@spantail/protocol';
import { randomBytes } from 'node:crypto';
import { Child } from './support/child.ts';
import { nowNs } from './support/clock.ts';
import { cpuSeconds, residentMiB } from './support/process-cpu.ts';
import { grouped, median, round } from './support/statistics.ts';
import { startSubject } from './support/subject.ts';
import type { ViewersReport } from './support/viewers-process.ts';

const CASES = [
  { viewers: 1, batchEvents: 10, events: 60_000 },
  { viewers: 1, batchEvents: 100, events: 200_000 },
  { viewers: 100, batchEvents: 10, events: 20_000 },
  { viewers: 100, batchEvents: 100, events: 50_000 },
  { viewers: 1_000, batchEvents: 10, events: 2_000 },
  { viewers: 1_000, batchEvents: 100, events: 5_000 },
];
const ROUNDS = 3;

interface Figures {
  perSecond: number;
  perCpuSecond: number;
  eventsPerFrame: number;
  mebibytes: number;
}

export async function run(): Promise<void> {
  const figures: Figures[][] = CASES.map(() => []);
  for (let round = 0; round < ROUNDS; round++)
    for (const [i, one] of CASES.entries()) figures[i]?.push(await measure(one));
  console.table(
    CASES.map(({ viewers, batchEvents }, i) => {
      const of = (key: keyof Figures): number => median(figures[i]?.map((one) => one[key]) ?? []);
      return {
        viewers,
        'events a batch': batchEvents,
        'events a frame': round(of('eventsPerFrame'), 0),
        'deliveries/s': grouped(of('perSecond')),
        'per gateway CPU-s': grouped(of('perCpuSecond')),
        'gateway MiB': round(of('mebibytes'), 0),
      };
    }),
  );
}

async function measure({ viewers, batchEvents, events }: (typeof CASES)[number]): Promise<Figures> {
  await using subject = await startSubject('embedded');
  const { gateway } = subject;
  const traceId = newTraceId(randomBytes);
  const streams = Array.from({ length: viewers }, () => [traceId]);
  await using watching = await Child.start('viewers-process.ts', { url: gateway.url, streams });
  const bodies = makeBodies(traceId, events, batchEvents);
  const cpuBefore = cpuSeconds(gateway.pid);
  const beginNs = nowNs();
  const done = watching.ask<ViewersReport>({ expected: events });
  for (const body of bodies) await post(gateway.url, body);
  const { received, frames } = await done;
  const seconds = (nowNs() - beginNs) / 1e9;
  return {
    perSecond: received / seconds,
    perCpuSecond: received / (cpuSeconds(gateway.pid) - cpuBefore),
    eventsPerFrame: received / frames,
    mebibytes: residentMiB(gateway.pid),
  };
}

/** Made beforehand, and without the publisher, whose cost is measured elsewhere. */
function makeBodies(traceId: string, events: number, batchEvents: number): Uint8Array[] {
  const bodies: Uint8Array[] = [];
  for (let seq = 0; seq < events; seq += batchEvents) {
    const batch = {
      traceId,
      number: bodies.length + 1,
      fin: false,
      events: Array.from({ length: batchEvents }, (_, i) => delta(seq + i)),
      blobs: [],
      refs: [],
    };
    bodies.push(encodeIngestRequest({ producer: 'bench', batches: [batch] }));
  }
  return bodies;
}

/** A typical event of a run in flight: a model's next words. */
function delta(seq: number): Uint8Array {
  const outputDelta = 'and then the next few words ';
  return encodeEvent({ type: 'update', spanId: '00f067aa0ba902b7', seq, outputDelta });
}

async function post(url: string, body: Uint8Array): Promise<void> {
  const response = await fetch(`${url}/api/v1/ingest`, {
    method: 'POST',
    headers: { 'content-type': 'application/msgpack' },
    body: Buffer.from(body),
  });
  if (!response.ok) throw new Error(`ingest answered ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
}
