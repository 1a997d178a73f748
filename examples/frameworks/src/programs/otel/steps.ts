/** An agent traced with OpenTelemetry alone, that waits for the test between its steps. */
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, context, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-node';
import { SpantailSpanProcessor } from '@spantail/agent/otel';
import { providerOf } from './provider.ts';
import { pause } from '../pause.ts';

const [major = '2', leaseMs, otlpUrl] = process.argv.slice(2);
const processors: SpanProcessor[] = [
  new SpantailSpanProcessor({
    intervalMs: 50,
    ...(leaseMs === undefined || leaseMs === '' ? {} : { leaseMs: Number(leaseMs) }),
  }),
];
if (otlpUrl !== undefined)
  processors.push(new BatchSpanProcessor(new OTLPTraceExporter({ url: otlpUrl })));
const { tracer, shutdown } = providerOf(major, processors);

const elsewhere = { traceId: 'e'.repeat(32), spanId: 'f'.repeat(16), traceFlags: 1 };
const agent = tracer.startSpan(
  'invoke_agent weather',
  {
    attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'weather' },
    links: [{ context: elsewhere, attributes: { why: 'earlier' } }],
  },
  ROOT_CONTEXT,
);
const inAgent = trace.setSpan(ROOT_CONTEXT, agent);
const model = tracer.startSpan('chat small', { kind: SpanKind.CLIENT }, inAgent);
// As instrumentations do: just after the start.
model.setAttributes({
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'test',
  'gen_ai.request.model': 'small',
  'gen_ai.input.messages': JSON.stringify([
    { role: 'user', parts: [{ type: 'text', content: 'how is the weather?' }] },
  ]),
});
await pause(agent.spanContext().traceId);

model.setAttribute('progress', 1);
await pause('attribute set');
model.setAttribute('progress', 2);
await pause('attribute replaced');
model.addEvent('first chunk', { size: 7 });
model.updateName('chat smaller');
await pause('event added');
model.setAttributes({
  'gen_ai.output.messages': JSON.stringify([
    { role: 'assistant', parts: [{ type: 'text', content: 'it rains' }], finish_reason: 'stop' },
  ]),
  'gen_ai.usage.input_tokens': 12,
  'gen_ai.usage.output_tokens': 3,
});
model.end();

context.with(inAgent, () => {
  const tool = tracer.startSpan('execute_tool umbrella', {
    attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'umbrella' },
  });
  tool.recordException(new RangeError('no umbrella here'));
  tool.setStatus({ code: SpanStatusCode.ERROR, message: 'no umbrella' });
  tool.end();
});
await pause('tool failed');
agent.end();
await shutdown();
console.log('done');
process.exit(0);
