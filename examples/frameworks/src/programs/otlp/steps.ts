/** A program with nothing but OpenTelemetry, that waits for the test between its steps. */
import { ROOT_CONTEXT, SpanKind, trace, type Context } from '@opentelemetry/api';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { providerOf } from '../otel/provider.ts';
import { pause } from '../pause.ts';
import { exporterOf } from './exporter.ts';

const [major = '2', protocol] = process.argv.slice(2);
const { tracer, forceFlush, shutdown } = providerOf(major, [
  new BatchSpanProcessor(exporterOf(protocol), { scheduledDelayMillis: 60_000 }),
]);

function steps(from: number, to: number, parent: Context): void {
  for (let i = from; i < to; i++)
    tracer
      .startSpan(
        `step ${i}`,
        { kind: SpanKind.CLIENT, attributes: { i, list: ['a', 'b'], text: 't'.repeat(600) } },
        parent,
      )
      .addEvent('noted', { i })
      .end();
}

const root = tracer.startSpan('work', { attributes: { größe: 'groß' } }, ROOT_CONTEXT);
const inRoot = trace.setSpan(ROOT_CONTEXT, root);
steps(0, 50, inRoot);
await forceFlush();
await pause(root.spanContext().traceId);
steps(50, 100, inRoot);
const exported = forceFlush();
await pause('exporting');
await exported;
root.end();
await shutdown();
console.log('done');
process.exit(0);
