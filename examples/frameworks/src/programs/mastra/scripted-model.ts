import { MockLanguageModelV4 } from 'ai/test';

type Generated = Awaited<ReturnType<MockLanguageModelV4['doGenerate']>>;
type Part =
  Awaited<ReturnType<MockLanguageModelV4['doStream']>>['stream'] extends ReadableStream<infer P>
    ? P
    : never;
type Prompt = Parameters<MockLanguageModelV4['doStream']>[0]['prompt'];

export interface Answer {
  /** Texts, each a block of its own; where one is a function, it is awaited. */
  says?: (string | (() => Promise<void>))[];
  /** Awaited within a text, before its last word. */
  betweenWords?: (() => Promise<void>) | undefined;
  calls?: Record<string, object>;
  fails?: Error;
}

const USAGE: Generated['usage'] = {
  inputTokens: { total: 12, noCache: 9, cacheRead: 3, cacheWrite: 0 },
  outputTokens: { total: 5, text: 3, reasoning: 2 },
};

/** Answers as it is told to, piece by piece. */
export function scriptedModel(answer: (prompt: Prompt) => Answer): never {
  const model = new MockLanguageModelV4({
    provider: 'test',
    modelId: 'scripted-1',
    doGenerate: async ({ prompt }) => {
      const content: Generated['content'] = [];
      for await (const part of partsOf(answer(prompt))) {
        if (part.type === 'text-delta') content.push({ type: 'text', text: part.delta });
        if (part.type === 'tool-call') content.push(part);
        if (part.type === 'finish')
          return { content, finishReason: part.finishReason, usage: part.usage, warnings: [] };
      }
      throw new Error('no end');
    },
    doStream: async ({ prompt, abortSignal }) => {
      const pieces = partsOf(answer(prompt));
      return {
        stream: new ReadableStream<Part>({
          async pull(controller) {
            if (abortSignal?.aborted === true) return controller.error(abortSignal.reason);
            const { done, value } = await pieces.next();
            if (done === true) controller.close();
            else controller.enqueue(value);
          },
        }),
      };
    },
  });
  // Mastra's types ask for more of a model than it needs.
  return model as never;
}

async function* partsOf({
  says = [],
  betweenWords,
  calls = {},
  fails,
}: Answer): AsyncGenerator<Part> {
  yield { type: 'stream-start', warnings: [] };
  for (const [index, piece] of says.entries()) {
    if (typeof piece !== 'string') {
      await piece();
      continue;
    }
    const id = String(index);
    yield { type: 'text-start', id };
    const words = piece.split(/(?<= )/);
    for (const [at, word] of words.entries()) {
      if (index === 0 && at === words.length - 1) await betweenWords?.();
      yield { type: 'text-delta', id, delta: word };
    }
    yield { type: 'text-end', id };
  }
  if (fails !== undefined) throw fails;
  const asked = Object.entries(calls);
  for (const [toolName, input] of asked)
    yield {
      type: 'tool-call',
      toolCallId: `call_${toolName}`,
      toolName,
      input: JSON.stringify(input),
    };
  const isDone = asked.length === 0;
  yield {
    type: 'finish',
    finishReason: isDone
      ? { unified: 'stop', raw: 'stop' }
      : { unified: 'tool-calls', raw: 'tool_calls' },
    usage: USAGE,
  };
}
