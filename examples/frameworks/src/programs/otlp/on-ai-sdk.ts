import { OpenTelemetry } from '@ai-sdk/otel';
import type { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { generateText, registerTelemetry, stepCountIs, tool } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { z } from 'zod';

const model = new MockLanguageModelV4({
  provider: 'openai.responses',
  modelId: 'mock-1',
  doGenerate: async ({ prompt }) => {
    const answers = prompt.some(({ role }) => role === 'tool');
    return {
      content: answers
        ? [{ type: 'text', text: 'Sunny in Oslo.' }]
        : [
            {
              type: 'tool-call',
              toolCallId: 'call_1',
              toolName: 'weather',
              input: '{"city":"Oslo"}',
            },
          ],
      finishReason: answers
        ? { unified: 'stop', raw: 'stop' }
        : { unified: 'tool-calls', raw: 'tool_calls' },
      usage: {
        inputTokens: { total: 20, noCache: 12, cacheRead: 8, cacheWrite: 0 },
        outputTokens: { total: 5, text: 5, reasoning: 0 },
      },
      warnings: [],
    };
  },
});

export async function runOnAiSdk(provider: NodeTracerProvider): Promise<void> {
  registerTelemetry(new OpenTelemetry({ tracer: provider.getTracer('ai') }));
  await generateText({
    model,
    prompt: 'The weather in Oslo?',
    stopWhen: stepCountIs(3),
    telemetry: { isEnabled: true, functionId: 'forecaster' },
    tools: {
      weather: tool({
        inputSchema: z.object({ city: z.string() }),
        execute: async ({ city }) => ({ city, sky: 'sunny' }),
      }),
    },
  });
}
