/**
 * An agent on the AI SDK 6, whose OpenTelemetry spans the span processor publishes. Its tool waits
 * for a line on standard input. Prints the answer as JSON. `ADAPTER=off`: without.
 */
import { once } from 'node:events';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { SpantailSpanProcessor } from '@spantail/agent/otel';
import { generateText, stepCountIs, tool } from 'ai-v6';
import { MockLanguageModelV3 } from 'ai-v6/test';
import { z } from 'zod';

const on = process.env['ADAPTER'] !== 'off';
const provider = new NodeTracerProvider({
  spanProcessors: on ? [new SpantailSpanProcessor()] : [],
});
provider.register();

const usage = {
  inputTokens: { total: 20, noCache: 12, cacheRead: 8, cacheWrite: 0 },
  outputTokens: { total: 5, text: 3, reasoning: 2 },
};
const model = new MockLanguageModelV3({
  provider: 'openai.responses',
  modelId: 'mock-1',
  doGenerate: async ({ prompt }) => {
    const answered = prompt.some(({ role }) => role === 'tool');
    return {
      content: answered
        ? [{ type: 'text', text: 'Nine.' }]
        : [{ type: 'tool-call', toolCallId: 'call_1', toolName: 'count', input: '{"what":"it"}' }],
      finishReason: { unified: answered ? 'stop' : 'tool-calls', raw: undefined },
      usage,
      warnings: [],
    };
  },
});
const { text, totalUsage } = await generateText({
  model,
  prompt: 'How many?',
  stopWhen: stepCountIs(3),
  experimental_telemetry: { isEnabled: true, functionId: 'counter' },
  tools: {
    count: tool({
      inputSchema: z.object({ what: z.string() }),
      execute: async () => {
        process.stdout.write('waiting\n');
        await once(process.stdin, 'data');
        return 9;
      },
    }),
  },
});
process.stdin.destroy();
process.stdout.write(`${JSON.stringify({ text, totalUsage })}\n`);
await provider.shutdown();
