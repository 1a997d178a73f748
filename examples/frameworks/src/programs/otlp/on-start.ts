/** OpenTelemetry's own exporter fed when a span starts as well: nothing of Spantail's is in here. */
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-node';
import { providerOf } from '../otel/provider.ts';
import { pause } from '../pause.ts';
import { exporterOf } from './exporter.ts';

const [major = '2', protocol] = process.argv.slice(2);
const exporter = exporterOf(protocol);
const startsToo: SpanProcessor = {
  onStart: (span) => exporter.export([span], () => {}),
  onEnd: () => {},
  forceFlush: async () => {},
  shutdown: async () => {},
};
const { tracer, shutdown } = providerOf(major, [startsToo, new BatchSpanProcessor(exporter)]);

const root = tracer.startSpan('work', { attributes: { early: 1 } }, ROOT_CONTEXT);
const child = tracer.startSpan('part', {}, trace.setSpan(ROOT_CONTEXT, root));
await pause(root.spanContext().traceId);
child.setAttribute('late', 2).end();
root.end();
await shutdown();
console.log('done');
process.exit(0);
