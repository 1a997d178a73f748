/**
 * An agent on Mastra, watched live. It runs offline, on the AI SDK's mock model, which Mastra takes
 * like any of its models; with a real one, only `model` is another.
 *
 *   npx spantail serve
 *   npx spantail watch --next    (in another terminal)
 *   npm run example mastra    (SPANTAIL_URL says where the gateway is)
 */
import { setTimeout } from 'node:timers/promises';
import { Mastra } from '@mastra/core';
import { Agent } from '@mastra/core/agent';
import { createTool } from '@mastra/core/tools';
import { Observability } from '@mastra/observability';
import { SpantailExporter } from '@spantail/agent/mastra';
import { simulateReadableStream } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { z } from 'zod';

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
  { type: 'text-delta', id: '0', delta: 'It is sunny in Lisbon, ' },
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

const weather = createTool({
  id: 'weather',
  description: 'The weather of a city',
  inputSchema: z.object({ city: z.string() }),
  execute: ({ city }) => setTimeout(600, { city, celsius: 24, sky: 'sunny' }),
});
const spantail = new SpantailExporter();
const mastra = new Mastra({
  agents: {
    forecaster: new Agent({
      id: 'forecaster',
      name: 'forecaster',
      instructions: 'Answer in one sentence.',
      // Its types ask for more than it needs.
      model: model as never,
      tools: { weather },
    }),
  },
  observability: new Observability({
    configs: { default: { serviceName: 'weather-agent', exporters: [spantail] } },
  }),
  logger: false,
});

const { textStream } = await mastra
  .getAgent('forecaster')
  .stream('What is the weather in Lisbon?', {
    // Text as it comes; without it, block by block.
    onChunk: spantail.onChunk,
    tracingOptions: { metadata: { sessionId: 'holidays', userId: 'user-1' } },
  });
for await (const text of textStream) process.stdout.write(text);
process.stdout.write('\n');
await mastra.shutdown();
