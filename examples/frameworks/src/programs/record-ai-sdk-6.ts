/** Prints the spans of one agent and one embedding on the AI SDK 6. */
import { embed, stepCountIs, streamText, tool } from 'ai-v6';
import { MockEmbeddingModelV3, MockLanguageModelV3, simulateReadableStream } from 'ai-v6/test';
import { z } from 'zod';
import { recordSpans } from './recorded-spans.ts';

type Part =
  Awaited<ReturnType<MockLanguageModelV3['doStream']>>['stream'] extends ReadableStream<infer P>
    ? P
    : never;

const { tracer, print } = recordSpans();
const telemetry = {
  isEnabled: true,
  tracer,
  functionId: 'forecaster',
  metadata: { sessionId: 'chat-7', userId: 'ann' },
};
const usage = {
  inputTokens: { total: 20, noCache: 12, cacheRead: 8, cacheWrite: 0 },
  outputTokens: { total: 5, text: 3, reasoning: 2 },
};
const model = new MockLanguageModelV3({
  provider: 'openai.responses',
  modelId: 'mock-1',
  doStream: async ({ prompt }) => {
    const chunks: Part[] = prompt.some(({ role }) => role === 'tool')
      ? [
          { type: 'text-start', id: '0' },
          { type: 'text-delta', id: '0', delta: 'Sunny ' },
          { type: 'text-delta', id: '0', delta: 'in Oslo.' },
          { type: 'text-end', id: '0' },
          { type: 'finish', finishReason: { unified: 'stop', raw: 'stop' }, usage },
        ]
      : [
          {
            type: 'tool-call',
            toolCallId: 'call_1',
            toolName: 'weather',
            input: '{"city":"Oslo"}',
          },
          { type: 'tool-call', toolCallId: 'call_2', toolName: 'broken', input: '{}' },
          { type: 'finish', finishReason: { unified: 'tool-calls', raw: 'tool_calls' }, usage },
        ];
    return { stream: simulateReadableStream({ chunks }) };
  },
});
const result = streamText({
  model,
  system: 'Answer shortly.',
  prompt: 'The weather in Oslo?',
  temperature: 0.2,
  stopWhen: stepCountIs(3),
  experimental_telemetry: telemetry,
  onError: () => {},
  tools: {
    weather: tool({
      inputSchema: z.object({ city: z.string() }),
      execute: async ({ city }) => ({ city, sky: 'sunny' }),
    }),
    broken: tool({
      inputSchema: z.object({}),
      execute: async (): Promise<string> => {
        throw new TypeError('out of order');
      },
    }),
  },
});
await result.consumeStream();
await embed({
  model: new MockEmbeddingModelV3({
    provider: 'openai.embedding',
    modelId: 'mock-embed',
    doEmbed: async () => ({ embeddings: [[0.1, 0.2]], usage: { tokens: 4 }, warnings: [] }),
  }),
  value: 'sunny',
  experimental_telemetry: telemetry,
});
await print();
