/**
 * An agent of the OpenAI Agents SDK, shown live: it asks a tool, hands off, and streams its answer.
 * Offline: the model is the SDK's own scripted one.
 *
 *   npx spantail serve
 *   npx spantail watch --next    (in another terminal)
 *   npm run example openai-agents    (SPANTAIL_URL says where the gateway is)
 */
import { setTimeout } from 'node:timers/promises';
import { Agent, Runner, setTraceProcessors, tool } from '@openai/agents';
import { assistantMessage, functionCall, ScriptedModel } from '@openai/agents/testing';
import { SpantailTracingProcessor } from '@spantail/agent/openai-agents';
import { z } from 'zod';

// The one line. Another one, below, adds what the model says while it says it.
const spantail = new SpantailTracingProcessor();
// `addTraceProcessor(spantail)` leaves the SDK's own exporter beside it, which asks for an API key.
setTraceProcessors([spantail]);

const weather = tool({
  name: 'weather',
  description: 'The weather in a city',
  parameters: z.object({ city: z.string() }),
  execute: ({ city }) => setTimeout(900, { city, sky: 'clear', celsius: 19 }),
});

const model = new ScriptedModel([
  [functionCall('weather', { city: 'Lisbon' }, { callId: 'call_1' })],
  [functionCall('transfer_to_Packer', {}, { callId: 'call_2' })],
  [assistantMessage('Take a light jacket and good shoes.')],
]);

const packer = new Agent({ name: 'Packer', instructions: 'Say what to pack.' });
const planner = new Agent({
  name: 'Planner',
  instructions: 'Look at the weather, then hand off.',
  tools: [weather],
  handoffs: [packer],
});

const runner = new Runner({
  modelProvider: spantail.traceModels({ getModel: () => model }),
  groupId: 'trip-to-lisbon',
});
const result = await runner.run(planner, 'What do I pack for Lisbon?', { stream: true });
for await (const text of result.toTextStream()) process.stdout.write(text);
await result.completed;
console.log();
await spantail.shutdown();
