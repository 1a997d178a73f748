/**
 * `npm run bench` measures everything; `npm run bench -- latency fan-out` some of it. Each figure is
 * a median of several rounds, in which what is compared takes turns. See docs/bench.md.
 */
import { machine } from './support/machine.ts';

const BENCHMARKS: Record<string, { title: string; load: () => Promise<{ run(): Promise<void> }> }> =
  {
    latency: {
      title: 'publish to callback, one viewer',
      load: () => import('./latency.ts'),
    },
    'fan-out': {
      title: 'deliveries to the viewers of one trace',
      load: () => import('./fan-out.ts'),
    },
    'idle-traces': {
      title: '10,000 watched traces, 2,000 events/s over 100 of them',
      load: () => import('./idle-traces.ts'),
    },
    storage: {
      title: 'bytes of recorded runs against full payloads in every event',
      load: () => import('./storage.ts'),
    },
    overhead: {
      title: 'cost of a span in the agent',
      load: () => import('./overhead.ts'),
    },
    otlp: {
      title: 'OTLP requests of 512 spans',
      load: () => import('./otlp.ts'),
    },
    'otel-overhead': {
      title: "cost of an OpenTelemetry span, against OpenTelemetry's batch processor",
      load: () => import('./otel-overhead.ts'),
    },
    'long-trace': {
      title: 'a trace of 100,000 events',
      load: () => import('./long-trace.ts'),
    },
    dashboard: {
      title: 'a run of 50,000 spans in a real browser',
      load: () => import('./dashboard.ts'),
    },
  };

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(BENCHMARKS, name));
if (unknown.length > 0) {
  console.error(
    `no benchmark named ${unknown.join(', ')}; there are ${Object.keys(BENCHMARKS).join(', ')}`,
  );
  process.exit(2);
}

console.log(machine());
for (const [name, { title, load }] of Object.entries(BENCHMARKS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(`\n${name}: ${title}`);
  const beginMs = performance.now();
  await (await load()).run();
  console.log(`  (${((performance.now() - beginMs) / 1_000).toFixed(0)} s)`);
}
