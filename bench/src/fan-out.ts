/**
 * Deliveries per second and per CPU-second of the gateway to 1, 100 and 1,000 viewers of one trace,
 * on the embedded log. Publisher, gateway and viewers are processes of their own.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGatewayProcess } from '../../test/support/gateway-process.ts';
import { BareIngest, deltaEvent } from './support/ingest.ts';
import { cpuSeconds, residentMiB } from './support/process-cpu.ts';
import { round } from './support/statistics.ts';

const BATCH_EVENTS = Number(process.env['BATCH_EVENTS'] ?? 100);

for (const [viewers, events] of [
  [1, 200_000],
  [100, 40_000],
  [1_000, 4_000],
] as const) {
  const directory = mkdtempSync(join(tmpdir(), 'spantail-bench-'));
  const gateway = await startGatewayProcess(['--data', directory]);
  const traceId = 'b'.repeat(32);
  const child = fork(join(import.meta.dirname, 'support/viewers-process.ts'), [
    gateway.url,
    String(viewers),
    traceId,
  ]);
  await once(child, 'message');
  const ingest = new BareIngest(gateway.url);
  const cpuBefore = cpuSeconds(gateway.pid);
  const startedMs = performance.now();
  child.send({ expected: viewers * events });
  const done = once(child, 'message');
  for (let seq = 0; seq < events; seq += BATCH_EVENTS)
    await ingest.send([
      {
        traceId,
        events: Array.from({ length: BATCH_EVENTS }, (_, i) => deltaEvent(seq + i)),
      },
    ]);
  const [report] = (await done) as [{ received: number; frames: number }];
  const seconds = (performance.now() - startedMs) / 1_000;
  const cpu = cpuSeconds(gateway.pid) - cpuBefore;
  console.log(
    `fan-out: ${viewers} viewers, ${report.received} deliveries in ${report.frames} frames: ` +
      `${Math.round(report.received / seconds)} /s, ${Math.round(report.received / cpu)} per gateway CPU-second, ` +
      `${round(residentMiB(gateway.pid), 0)} MiB`,
  );
  child.disconnect();
  await once(child, 'exit');
  await gateway.stop();
  rmSync(directory, { recursive: true, force: true });
}
