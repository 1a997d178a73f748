/**
 * A program that traces with OpenTelemetry, watched live: the one line is the span processor.
 *
 *   npx spantail serve
 *   npx spantail watch --next    (in another terminal)
 *   npm run example otel    (SPANTAIL_URL says where the gateway is)
 */
import { setTimeout } from 'node:timers/promises';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { SpantailSpanProcessor } from '@spantail/agent/otel';

const provider = new NodeTracerProvider({ spanProcessors: [new SpantailSpanProcessor()] });
provider.register();
const tracer = trace.getTracer('weather-agent');

const question = 'Do I need an umbrella in Lisbon?';
await tracer.startActiveSpan('invoke_agent weather', async (agent) => {
  console.log(`watch it: npx spantail watch ${agent.spanContext().traceId}`);
  agent.setAttributes({
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': 'weather',
    'gen_ai.input.messages': messages('user', question),
  });
  const forecast = await tracer.startActiveSpan('execute_tool forecast', async (tool) => {
    tool.setAttributes({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'forecast',
      'gen_ai.tool.call.arguments': JSON.stringify({ city: 'Lisbon' }),
    });
    // An event is seen while the tool still runs.
    tool.addEvent('asking the weather station');
    await setTimeout(600);
    tool.setAttribute('gen_ai.tool.call.result', JSON.stringify({ rain: 0.8 }));
    tool.end();
    return '80 % rain';
  });
  await tracer.startActiveSpan('chat small-model', async (chat) => {
    chat.setAttributes({
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'small-model',
      'gen_ai.input.messages': messages('user', `${question} It says: ${forecast}`),
    });
    await setTimeout(600);
    chat.setAttributes({
      'gen_ai.output.messages': messages('assistant', 'Take one.'),
      'gen_ai.usage.input_tokens': 21,
      'gen_ai.usage.output_tokens': 3,
    });
    chat.setStatus({ code: SpanStatusCode.OK });
    chat.end();
  });
  agent.end();
});
await provider.shutdown();

function messages(role: string, content: string): string {
  return JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);
}
