import {
  embedMany,
  generateObject,
  generateText,
  rerank,
  isStepCount,
  streamText,
  tool,
  type ModelMessage,
} from 'ai';
import { MockEmbeddingModelV4, MockRerankingModelV4 } from 'ai/test';
import { z } from 'zod';
import type { Stage } from '../run-scenario.ts';
import { makeModel, streamModel, streamingToolModel, unavailable } from './models.ts';

const question: ModelMessage[] = [{ role: 'user', content: 'How many are there?' }];
const WORDS = ['There ', 'are ', 'nine ', 'of ', 'them, 😀', '.'];

/** The tool makes a span with the tracer, and asks a model itself. */
function counter({ tracer, gate }: Stage, waits = false) {
  return tool({
    description: 'Counts',
    inputSchema: z.object({ what: z.string() }),
    execute: async ({ what }) => {
      const count = async (): Promise<number> => what.length;
      const number = await (tracer.activeSpan?.step('look', count) ?? count());
      if (waits) await gate();
      if (what === 'nothing') throw new RangeError('nothing to count');
      const { text } = await generateText({
        model: makeModel(undefined, [String(number)]),
        messages: question,
        telemetry: { functionId: 'helper' },
      });
      return { what, number: text };
    },
  });
}

async function tellText(
  stage: Stage,
  what: string,
  { failures = 0, waits = false } = {},
): Promise<object> {
  const result = await generateText({
    model: makeModel({ count: { what } }, WORDS, failures),
    instructions: 'Be brief.',
    messages: question,
    temperature: 0.5,
    tools: { count: counter(stage, waits) },
    stopWhen: isStepCount(4),
    maxRetries: 1,
    telemetry: { functionId: 'counting-agent' },
  });
  const { text, totalUsage, steps } = result;
  return {
    text,
    totalUsage,
    steps: steps.map(({ content, usage, finishReason }) => ({
      content: content.map((part) =>
        'error' in part ? { ...part, error: String(part.error) } : part,
      ),
      usage,
      finishReason,
    })),
  };
}

interface Streamed {
  stream: AsyncIterable<{ type: string; text?: string; error?: unknown }>;
  text: PromiseLike<string>;
  totalUsage: PromiseLike<unknown>;
  finishReason: PromiseLike<string>;
}

/** Everything that a reader of the stream gets, in its order, and what becomes of the promises. */
async function tellStream(result: Streamed): Promise<object> {
  const parts: string[] = [];
  try {
    for await (const part of result.stream)
      parts.push(
        `${part.type} ${'text' in part ? part.text : 'error' in part ? String(part.error) : ''}`,
      );
  } catch (error) {
    parts.push(`thrown ${String(error)}`);
  }
  const settled = await Promise.allSettled([result.text, result.totalUsage, result.finishReason]);
  return {
    parts,
    settled: settled.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason))),
  };
}

async function failure(step: () => Promise<unknown>): Promise<object> {
  try {
    return { value: await step() };
  } catch (error) {
    const { name, message } = error as Error;
    return { name, message };
  }
}

export const SCENARIOS: Record<string, (stage: Stage) => Promise<object>> = {
  text: (stage) => tellText(stage, 'apples'),
  'waiting tool': (stage) => tellText(stage, 'apples', { waits: true }),
  'failing tool': (stage) => tellText(stage, 'nothing'),
  'second try': (stage) => tellText(stage, 'apples', { failures: 1 }),
  'model error': (stage) => failure(() => tellText(stage, 'apples', { failures: 9 })),
  stream: (stage) =>
    tellStream(
      streamText({
        model: streamingToolModel({ count: { what: 'apples' } }, WORDS),
        messages: question,
        tools: { count: counter(stage) },
        stopWhen: isStepCount(4),
      }),
    ),
  'waiting stream': ({ gate }) =>
    tellStream(
      streamText({ model: streamModel(WORDS, { at: 3, open: gate }), messages: question }),
    ),
  'stream error': () =>
    tellStream(
      streamText({
        model: streamModel(WORDS, undefined, [{ type: 'error', error: new Error('cut off') }]),
        messages: question,
        onError: () => {},
      }),
    ),
  'stream refused': () =>
    tellStream(
      streamText({
        model: makeStreamRefusal(),
        messages: question,
        maxRetries: 1,
        onError: () => {},
      }),
    ),
  abort: ({ gate }) => {
    const aborter = new AbortController();
    const open = async (): Promise<void> => {
      await gate();
      aborter.abort();
    };
    return tellStream(
      streamText({
        model: streamModel(WORDS, { at: 3, open }),
        messages: question,
        abortSignal: aborter.signal,
      }),
    );
  },
  three: async ({ tracer }) => {
    const one = (name: string): Promise<object> =>
      tellStream(
        streamText({
          model: streamModel([`${name} `, 'says ', name]),
          messages: [{ role: 'user', content: name }],
          telemetry: { functionId: name },
        }),
      );
    const below = tracer.run('outer', () => one('third'));
    return Promise.all([one('first'), one('second'), below]);
  },
  object: () =>
    failure(async () => {
      const model = makeModel(undefined, ['{"n":', '9}']);
      const messages = question;
      const good = await generateObject({ model, messages, schema: z.object({ n: z.number() }) });
      const bad = await failure(() =>
        generateObject({ model, messages, schema: z.object({ m: z.string() }) }),
      );
      return { object: good.object, usage: good.usage, bad };
    }),
  embeddings: async () => {
    const { embeddings, usage } = await embedMany({
      model: new MockEmbeddingModelV4({
        modelId: 'embed-1',
        maxEmbeddingsPerCall: 2,
        doEmbed: async ({ values }) => ({
          embeddings: values.map(({ length }) => [length, 1, 2]),
          usage: { tokens: values.length },
          warnings: [],
        }),
      }),
      values: ['a', 'bb', 'ccc'],
    });
    const { ranking } = await rerank({
      model: new MockRerankingModelV4({
        modelId: 'rank-1',
        doRerank: async () => ({ ranking: [{ index: 1, relevanceScore: 0.9 }] }),
      }),
      documents: ['x', 'y'],
      query: 'which?',
    });
    return { embeddings, usage, ranking };
  },
  private: async (stage) => {
    const result = streamText({
      model: streamingToolModel({ count: { what: 'nothing' } }, WORDS),
      messages: question,
      tools: { count: counter(stage) },
      stopWhen: isStepCount(4),
      telemetry: { recordInputs: false, recordOutputs: false },
    });
    return tellStream(result);
  },
};

function makeStreamRefusal() {
  const model = streamModel(WORDS);
  model.doStream = async () => {
    throw unavailable();
  };
  return model;
}
