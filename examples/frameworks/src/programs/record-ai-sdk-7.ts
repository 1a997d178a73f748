/**
 * Prints the spans of one agent on the AI SDK 7, as `@ai-sdk/otel` makes them; with `legacy`, as its
 * `LegacyOpenTelemetry` does.
 */
import { LegacyOpenTelemetry, OpenTelemetry } from '@ai-sdk/otel';
import { generateText, registerTelemetry, stepCountIs, tool } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { z } from 'zod';
import { recordSpans } from './recorded-spans.ts';

const { tracer, print } = recordSpans();
const isLegacy = process.argv[2] === 'legacy';
registerTelemetry(isLegacy ? new LegacyOpenTelemetry({ tracer }) : new OpenTelemetry({ tracer }));

const model = new MockLanguageModelV4({
  provider: 'openai.responses',
  modelId: 'mock-1',
  doGenerate: async ({ prompt }) => {
    const answers = prompt.some(({ role }) => role === 'tool');
    return {
      content: answers
        ? [{ type: 'text', text: 'Sunny in Oslo.' }]
        : [
            { type: 'text', text: 'Let me see.' },
            {
              type: 'tool-call',
              toolCallId: 'call_1',
              toolName: 'weather',
              input: '{"city":"Oslo"}',
            },
            { type: 'tool-call', toolCallId: 'call_2', toolName: 'broken', input: '{}' },
          ],
      finishReason: answers
        ? { unified: 'stop', raw: 'stop' }
        : { unified: 'tool-calls', raw: 'tool_calls' },
      usage: {
        inputTokens: { total: 20, noCache: 12, cacheRead: 8, cacheWrite: 0 },
        outputTokens: { total: 5, text: 3, reasoning: 2 },
      },
      response: { id: answers ? 'resp_2' : 'resp_1', modelId: 'mock-1-2026' },
      warnings: [],
    };
  },
});
await generateText({
  model,
  instructions: 'Answer shortly.',
  prompt: 'The weather in Oslo?',
  temperature: 0.2,
  stopWhen: stepCountIs(3),
  telemetry: { isEnabled: true, functionId: 'forecaster' },
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
await print();
