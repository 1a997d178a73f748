/** Logfire's SDK, which exports a placeholder for each span that is open. */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { PendingSpanProcessor, configureLogfireApi, span, startSpan } from 'logfire';
import { pause } from '../pause.ts';

const batch = new BatchSpanProcessor(new OTLPTraceExporter(), { scheduledDelayMillis: 60_000 });
const provider = new NodeTracerProvider({
  spanProcessors: [batch, new PendingSpanProcessor(batch)],
});
provider.register();
// Its tracer of before does not know the provider.
configureLogfireApi({ otelScope: 'logfire' });

const root = startSpan('work', { size: 3 });
await span('part {n}', {
  attributes: { n: 1 },
  parentSpan: root,
  callback: async () => {
    await provider.forceFlush();
    await pause(root.spanContext().traceId);
  },
});
root.end();
await provider.shutdown();
console.log('done');
process.exit(0);
