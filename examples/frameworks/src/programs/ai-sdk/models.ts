import { APICallError } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';

type Answer = Awaited<ReturnType<MockLanguageModelV4['doGenerate']>>;
type Part =
  Awaited<ReturnType<MockLanguageModelV4['doStream']>>['stream'] extends ReadableStream<infer P>
    ? P
    : never;

const FINISH = { unified: 'stop', raw: 'stop' } as const;
const CALLS = { unified: 'tool-calls', raw: 'tool_calls' } as const;

function usageOf(input: number, output: number): Answer['usage'] {
  return {
    inputTokens: { total: input, noCache: input - 2, cacheRead: 2, cacheWrite: 0 },
    outputTokens: { total: output, text: output - 1, reasoning: 1 },
  };
}

function callsOf(calls: ToolCalls): (Part & Answer['content'][number])[] {
  return Object.entries(calls).map(([toolName, input], index) => ({
    type: 'tool-call',
    toolCallId: `call_${index + 1}`,
    toolName,
    input: JSON.stringify(input),
  }));
}

export function unavailable(): APICallError {
  return new APICallError({
    message: 'overloaded',
    url: 'http://model.invalid',
    requestBodyValues: {},
    statusCode: 503,
    isRetryable: true,
    responseHeaders: { 'retry-after-ms': '1' },
  });
}

/** A tool's name with its arguments. */
type ToolCalls = Record<string, object>;

/** Asks for tools, if it is to, then says the words. The first `failures` requests fail. */
export function makeModel(
  calls: ToolCalls | undefined,
  words: string[],
  failures = 0,
): MockLanguageModelV4 {
  let left = failures;
  return new MockLanguageModelV4({
    provider: 'openai.responses',
    modelId: 'mock-1',
    doGenerate: async ({ prompt }) => {
      if (left-- > 0) throw unavailable();
      const answered = calls === undefined || prompt.some(({ role }) => role === 'tool');
      return {
        content: answered
          ? [{ type: 'text', text: words.join('') }]
          : [{ type: 'text', text: 'Let me see.' }, ...callsOf(calls)],
        finishReason: answered ? FINISH : CALLS,
        usage: answered ? usageOf(20, 5) : usageOf(10, 3),
        response: { id: answered ? 'resp_2' : 'resp_1', modelId: 'mock-1-2026' },
        warnings: [],
      };
    },
  });
}

/** Streams words. Before the one at `gate.at`, waits for `gate.open`. */
export function streamModel(
  words: string[],
  gate?: { at: number; open: () => Promise<unknown> },
  ending: Part[] = [{ type: 'finish', finishReason: FINISH, usage: usageOf(20, 5) }],
): MockLanguageModelV4 {
  return new MockLanguageModelV4({
    provider: 'openai.responses',
    modelId: 'mock-1',
    doStream: async ({ abortSignal }) => {
      const parts: Part[] = [
        { type: 'stream-start', warnings: [] },
        { type: 'text-start', id: '0' },
        ...words.map((delta): Part => ({ type: 'text-delta', id: '0', delta })),
        { type: 'text-end', id: '0' },
        ...ending,
      ];
      let at = 0;
      return {
        stream: new ReadableStream<Part>({
          start: (controller) => {
            abortSignal?.addEventListener('abort', () => controller.error(abortSignal.reason));
          },
          pull: async (controller) => {
            if (gate !== undefined && at === gate.at + 2) await gate.open();
            if (abortSignal?.aborted === true) return;
            const part = parts[at++];
            if (part === undefined) controller.close();
            else controller.enqueue(part);
          },
        }),
      };
    },
  });
}

/** Asks for a tool in a stream, then says the words. */
export function streamingToolModel(calls: ToolCalls, words: string[]): MockLanguageModelV4 {
  const says = streamModel(words);
  const asks = streamModel([], undefined, [
    ...callsOf(calls),
    { type: 'finish', finishReason: CALLS, usage: usageOf(10, 3) },
  ]);
  return new MockLanguageModelV4({
    provider: 'openai.responses',
    modelId: 'mock-1',
    doStream: (options) =>
      (options.prompt.some(({ role }) => role === 'tool') ? says : asks).doStream(options),
  });
}
