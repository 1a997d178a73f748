/**
 * What tracing with OpenTelemetry costs the agent's process: our span processor, which publishes
 * spans as they start and end, against OpenTelemetry's own batch processor and protobuf exporter,
 * which sends them once they have ended, five seconds late. CPU of that process alone, without what
 * the same spans cost with no processor.
 */
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Child } from './support/child.ts';
import { median, round } from './support/statistics.ts';
import { measurableLogs, startSubject } from './support/subject.ts';

const FRAMEWORKS = join(import.meta.dirname, '../../examples/frameworks');
const PROGRAM = '../../../examples/frameworks/src/programs/otel/overhead.ts';
const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const OPEN_SPANS = 5_000;

const LOADS = [
  { name: '1,000 spans/s', kind: 'paced', spans: 2_000, perSecond: 1_000 },
  { name: 'as fast as it goes', kind: 'busy', spans: 3_000 },
];

interface Way {
  name: string;
  child: Child;
}

export async function run(): Promise<void> {
  if (!existsSync(join(FRAMEWORKS, 'node_modules/@opentelemetry/sdk-trace-node'))) {
    console.log('  (OpenTelemetry is not installed in examples/frameworks: npm run frameworks)');
    return;
  }
  await using cleanup = new AsyncDisposableStack();
  const ways: Way[] = [];
  const start = async (name: string, way: string, url: string): Promise<void> => {
    const child = cleanup.use(await Child.start(PROGRAM, { major: '2', way, url }));
    ways.push({ name, child });
  };
  await start('none', 'none', '');
  const sink = await startSink();
  cleanup.defer(() => void sink.close());
  await start('batch → a sink', 'batch', `http://127.0.0.1:${portOf(sink)}/v1/traces`);
  for (const log of measurableLogs()) {
    const { gateway, redis } = cleanup.use(await startSubject(log));
    if (log === 'redis') await start('spantail → Redis', 'spantail', redis?.url ?? '');
    else {
      const traces = `${gateway.url}/v1/traces`;
      if (await takesTraces(traces)) await start('batch → the gateway', 'batch', traces);
      await start('spantail → the gateway', 'spantail', gateway.url);
    }
  }
  await measureCpu(ways);
  await measureHeap(ways);
}

async function measureCpu(ways: Way[]): Promise<void> {
  const rows: Record<string, string | number>[] = [];
  for (const { name: load, ...rest } of LOADS) {
    const costs = new Map<string, number[]>(ways.map(({ name }) => [name, []]));
    // The first round only warms up.
    for (let round = 0; round <= ROUNDS; round++)
      for (const { name, child } of ways) {
        const { cpuUs } = await child.ask<{ cpuUs: number }>(rest);
        if (round > 0) costs.get(name)?.push(cpuUs);
      }
    const of = (name: string): number => median(costs.get(name) ?? []);
    for (const { name } of ways)
      if (name !== 'none')
        rows.push({
          load,
          way: name,
          'CPU µs/span': round(of(name) - of('none'), 1),
          'without µs': round(of('none'), 1),
        });
  }
  console.table(rows);
}

async function measureHeap(ways: Way[]): Promise<void> {
  const bytes = new Map<string, number>();
  for (const { name, child } of ways) {
    const load = { kind: 'open', spans: OPEN_SPANS };
    await child.ask(load);
    bytes.set(name, (await child.ask<{ heapBytes: number }>(load)).heapBytes);
  }
  const none = bytes.get('none') ?? 0;
  console.table(
    ways
      .filter(({ name }) => name !== 'none')
      .map(({ name }) => ({
        way: name,
        'heap bytes/open span': round((bytes.get(name) ?? 0) - none, 0),
        'without bytes': round(none, 0),
      })),
  );
}

/** Takes everything at once, as the best collector there could be. */
async function startSink(): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume();
    request.once('end', () => response.writeHead(200).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function takesTraces(url: string): Promise<boolean> {
  const headers = { 'content-type': 'application/x-protobuf' };
  const { status } = await fetch(url, { method: 'POST', headers, body: new Uint8Array() });
  return status === 200;
}
