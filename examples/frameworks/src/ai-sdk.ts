/**
 * An agent on the Vercel AI SDK, watched live. It runs offline, on the SDK's own mock model; with a
 * real one, only `model` is another.
 *
 *   npx spantail serve
 *   npx spantail watch --next    (in another terminal)
 *   npm run example ai-sdk    (SPANTAIL_URL says where the gateway is)
 */
import { setTimeout } from 'node:timers/promises';
import { isStepCount, registerTelemetry, simulateReadableStream, streamText, tool } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import spantail from '@spantail/agent/ai-sdk';
import { z } from 'zod';

const telemetry = spantail({ service: 'weather-agent' });
registerTelemetry(telemetry);

const usage = {
  inputTokens: { total: 42, noCache: 30, cacheRead: 12, cacheWrite: 0 },
  outputTokens: { total: 9, text: 9, reasoning: 0 },
};
type Part =
  Awaited<ReturnType<MockLanguageModelV4['doStream']>>['stream'] extends ReadableStream<infer P>
    ? P
    : never;
const asks: Part[] = [
  { type: 'tool-call', toolCallId: 'call_1', toolName: 'weather', input: '{"city":"Lisbon"}' },
  { type: 'finish', finishReason: { unified: 'tool-calls', raw: 'tool_calls' }, usage },
];
const says: Part[] = [
  { type: 'text-start', id: '0' },
  { type: 'text-delta', id: '0', delta: 'It is sunny ' },
  { type: 'text-delta', id: '0', delta: 'in Lisbon, ' },
  { type: 'text-delta', id: '0', delta: 'at 24 °C.' },
  { type: 'text-end', id: '0' },
  { type: 'finish', finishReason: { unified: 'stop', raw: 'stop' }, usage },
];
const model = new MockLanguageModelV4({
  provider: 'openai.responses',
  modelId: 'gpt-5-mini',
  doStream: async ({ prompt }) => ({
    stream: simulateReadableStream({
      chunkDelayInMs: 250,
      chunks: prompt.some(({ role }) => role === 'tool') ? says : asks,
    }),
  }),
});

const result = streamText({
  model,
  prompt: 'What is the weather in Lisbon?',
  stopWhen: isStepCount(3),
  telemetry: { functionId: 'weather-agent' },
  tools: {
    weather: tool({
      description: 'The weather of a city',
      inputSchema: z.object({ city: z.string() }),
      execute: ({ city }) => setTimeout(600, { city, celsius: 24, sky: 'sunny' }),
    }),
  },
});
for await (const text of result.textStream) process.stdout.write(text);
process.stdout.write('\n');
await telemetry.shutdown();
