import { describe, expect, it } from 'vitest';
import { outline } from '../support/agent/make-tracer.ts';
import { FrameworkProgram } from '../support/frameworks/framework-program.ts';
import { nobody } from '../support/frameworks/nobody.ts';
import { spansOf } from '../support/frameworks/seen-tree.ts';
import { Viewer } from '../support/frameworks/viewer.ts';
import { eventually } from '../support/gateway.ts';

const PROGRAM = 'programs/ai-sdk/main.ts';
const QUESTION = { role: 'user', content: 'How many are there?' };
const ANSWER = 'There are nine of them, 😀.';

async function runWith(seen: Viewer, scenario: string): Promise<unknown> {
  return new FrameworkProgram(PROGRAM, [scenario], { SPANTAIL_URL: seen.url }).told();
}

async function runWithout(scenario: string): Promise<unknown> {
  return new FrameworkProgram(PROGRAM, [scenario], { ADAPTER: 'off' }).told();
}

/** Name, type and how it ended, of all spans in the order of their start. */
function endsOf(seen: Viewer): string[] {
  return seen.spans.map(({ name, spanType, status, error }) =>
    [name, spanType, status, ...(error === undefined ? [] : [error.type])].join(' '),
  );
}

function usagesOf(seen: Viewer): [string, unknown][] {
  return seen.spans
    .filter(({ usage }) => usage !== undefined && Object.keys(usage).length > 0)
    .map(({ spanType, usage }) => [spanType, usage]);
}

const FIRST = {
  inputTokens: 10,
  outputTokens: 3,
  cachedInputTokens: 2,
  reasoningTokens: 1,
  totalTokens: 13,
};
const SECOND = { ...FIRST, inputTokens: 20, outputTokens: 5, totalTokens: 25 };

/** What a viewer has when all is over. */
const TREES: [scenario: string, runs: number, tree: string][] = [
  [
    'text',
    1,
    'counting-agent(step 0(chat mock-1 count(look helper(step 0(chat mock-1)))) step 1(chat mock-1))',
  ],
  [
    'stream',
    1,
    'streamText(step 0(chat mock-1 count(look helper(step 0(chat mock-1)))) step 1(chat mock-1))',
  ],
  ['failing tool', 1, 'counting-agent(step 0(chat mock-1 count(look)) step 1(chat mock-1))'],
  [
    'second try',
    1,
    'counting-agent(step 0(chat mock-1 chat mock-1 count(look helper(step 0(chat mock-1)))) step 1(chat mock-1))',
  ],
  ['model error', 1, 'counting-agent(step 0(chat mock-1 chat mock-1))'],
  ['stream error', 1, 'streamText(step 0(chat mock-1))'],
  ['stream refused', 1, 'streamText(step 0(chat mock-1 chat mock-1))'],
  ['object', 2, 'generateObject(chat mock-1)'],
  ['embeddings', 2, 'embedMany(embeddings embed-1 embeddings embed-1)'],
  ['private', 1, 'streamText(step 0(chat mock-1 count(look)) step 1(chat mock-1))'],
];

describe('the AI SDK', () => {
  it.each(TREES)(
    '[FA1, FA2] %s: the program gets what it gets without the adapter, and each step is below its own',
    async (scenario, runs, tree) => {
      const seen = await Viewer.start();
      const [told, alone] = await Promise.all([runWith(seen, scenario), runWithout(scenario)]);
      expect(told).toEqual(alone);
      await seen.ended(runs);
      expect(outline(seen.trees[0]?.roots ?? [])).toBe(tree);
    },
  );

  it.each(['text', 'stream', 'failing tool', 'model error', 'stream error', 'three'])(
    '[FA1] %s: the gateway being away changes nothing, and the process ends by itself',
    async (scenario) => {
      const env = { SPANTAIL_URL: await nobody(), SHUTDOWN: 'none' };
      const told = await new FrameworkProgram(PROGRAM, [scenario], env).told();
      expect(told).toEqual(await runWithout(scenario));
    },
  );

  it('[FA2, PROM1] a tool is open while it runs, with its arguments, below its step', async () => {
    const seen = await Viewer.start();
    const program = new FrameworkProgram(PROGRAM, ['waiting tool'], { SPANTAIL_URL: seen.url });
    await program.waits();
    const tool = await seen.span('count');
    await seen.span('look', ({ state }) => state === 'closed');
    expect(tool).toMatchObject({ state: 'open', spanType: 'tool' });
    expect(tool.attributes).toMatchObject({
      'gen_ai.tool.name': 'count',
      'gen_ai.tool.call.id': 'call_1',
    });
    expect(await tool.input?.load()).toEqual({ what: 'apples' });
    const [root] = seen.trees[0]?.roots ?? [];
    expect(root).toMatchObject({ state: 'open', spanType: 'agent', name: 'counting-agent' });
    expect(root?.attributes).toMatchObject({ 'gen_ai.agent.name': 'counting-agent' });
    const model = await seen.span('chat mock-1');
    expect(model).toMatchObject({ state: 'closed', spanType: 'model', usage: FIRST });
    expect(model.attributes).toMatchObject({
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'mock-1',
      'gen_ai.request.temperature': 0.5,
      'gen_ai.response.model': 'mock-1-2026',
      'gen_ai.response.id': 'resp_1',
      'gen_ai.response.finish_reasons': ['tool-calls'],
    });
    expect(await model.input?.load()).toEqual([{ role: 'system', content: 'Be brief.' }, QUESTION]);
    expect(await model.output?.load()).toEqual([
      { type: 'text', text: 'Let me see.' },
      { type: 'tool-call', toolCallId: 'call_1', toolName: 'count', input: { what: 'apples' } },
    ]);
    program.go();
    await program.told();
    await seen.ended();
    const ended = seen.find('count')[0];
    expect(await ended?.output?.load()).toEqual({ what: 'apples', number: '6' });
    expect(await seen.find('counting-agent')[0]?.output?.load()).toBe(ANSWER);
  });

  it('[FA3, PROM2] streamed text is in the open model span, and is its output', async () => {
    const seen = await Viewer.start();
    const program = new FrameworkProgram(PROGRAM, ['waiting stream'], { SPANTAIL_URL: seen.url });
    await program.waits();
    const open = await seen.span('chat mock-1', ({ outputText }) => outputText !== '');
    await eventually(() => open.outputText === 'There are nine ', 'all that was streamed is seen');
    expect(open.state).toBe('open');
    program.go();
    await program.told();
    await seen.ended();
    const model = seen.find('chat mock-1')[0];
    // The close has no output of its own: the pieces are it.
    expect(model).toMatchObject({ outputText: ANSWER, output: undefined, outputComplete: true });
  });

  it('[FA4] tokens are on model spans only, each once', async () => {
    const seen = await Viewer.start();
    await runWith(seen, 'stream');
    await seen.ended();
    expect(usagesOf(seen)).toEqual([
      ['model', FIRST],
      ['model', SECOND],
      ['model', SECOND],
    ]);
    const other = await Viewer.start();
    await runWith(other, 'embeddings');
    await other.ended(2);
    expect(usagesOf(other)).toEqual([
      ['embedding', { inputTokens: 2 }],
      ['embedding', { inputTokens: 1 }],
    ]);
  });

  it('[FA5, FA7] calls side by side are a tree each, and one below a span of ours is in its run', async () => {
    const seen = await Viewer.start();
    expect(await runWith(seen, 'three')).toEqual(await runWithout('three'));
    await seen.ended(3);
    expect(seen.trees.map(({ roots }) => outline(roots)).sort()).toEqual([
      'first(step 0(chat mock-1))',
      'outer(third(step 0(chat mock-1)))',
      'second(step 0(chat mock-1))',
    ]);
    for (const tree of seen.trees) {
      const spans = spansOf(tree);
      const agent = spans.find(({ name }) => ['first', 'second', 'third'].includes(name));
      const model = spans.find(({ spanType }) => spanType === 'model');
      expect(model?.outputText).toBe(`${agent?.name} says ${agent?.name}`);
      expect(await model?.input?.load()).toEqual([{ role: 'user', content: agent?.name }]);
    }
  });

  it.each([
    ['failing tool', ['count tool error RangeError', 'step 0 step ok', 'counting-agent agent ok']],
    [
      'model error',
      [
        'chat mock-1 model error AI_APICallError',
        'step 0 step error AI_RetryError',
        'counting-agent agent error AI_RetryError',
      ],
    ],
    ['second try', ['chat mock-1 model error AI_APICallError', 'step 0 step ok']],
    [
      'stream error',
      ['chat mock-1 model error Error', 'step 0 step error Error', 'streamText agent error Error'],
    ],
    [
      'stream refused',
      ['chat mock-1 model error AI_APICallError', 'streamText agent error AI_RetryError'],
    ],
    ['object', ['generateObject agent error AI_NoObjectGeneratedError']],
  ])('[FA6] %s: what failed is a failed span', async (scenario, ends) => {
    const seen = await Viewer.start();
    await runWith(seen, scenario);
    await seen.ended(scenario === 'object' ? 2 : 1);
    expect(endsOf(seen)).toEqual(expect.arrayContaining(ends));
  });

  it('[FA1, FA6] a call that is aborted is closed, with what it had said', async () => {
    const seen = await Viewer.start();
    const told = async (env: NodeJS.ProcessEnv): Promise<unknown> => {
      const program = new FrameworkProgram(PROGRAM, ['abort'], env);
      await program.waits();
      program.go();
      return program.told();
    };
    expect(await told({ SPANTAIL_URL: seen.url })).toEqual(await told({ ADAPTER: 'off' }));
    await seen.ended();
    expect(endsOf(seen)).toEqual([
      'streamText agent error AbortError',
      'step 0 step error AbortError',
      'chat mock-1 model error AbortError',
    ]);
    expect(seen.find('chat mock-1')[0]?.outputText).toBe('There are nine ');
  });

  it('what the program does not want recorded is in no span', async () => {
    const seen = await Viewer.start();
    await runWith(seen, 'private');
    await seen.ended();
    for (const { name, input, output, outputText, error } of seen.spans)
      if (name !== 'look') {
        expect([name, input, output, outputText]).toEqual([name, undefined, undefined, '']);
        expect(`${error?.message}${error?.stack}`).not.toContain('nothing');
      }
    expect(seen.find('count')[0]).toMatchObject({ status: 'error' });
  });

  it('[FA1, FA2, FA4] version 6 is shown through its OpenTelemetry spans, its tools while they run', async () => {
    const seen = await Viewer.start();
    const run = (env: NodeJS.ProcessEnv): FrameworkProgram =>
      new FrameworkProgram('programs/ai-sdk/v6.ts', [], env);
    const program = run({ SPANTAIL_URL: seen.url });
    await program.waits();
    const tool = await seen.span('ai.toolCall');
    expect(tool).toMatchObject({ state: 'open', spanType: 'tool' });
    expect(await tool.input?.load()).toEqual({ what: 'it' });
    const [root] = seen.trees[0]?.roots ?? [];
    expect(root).toMatchObject({ state: 'open', spanType: 'agent' });
    program.go();
    const told = await program.told();
    const alone = run({ ADAPTER: 'off' });
    await alone.waits();
    alone.go();
    expect(told).toEqual(await alone.told());
    await seen.ended();
    const tokens = seen.spans.filter(({ usage }) => usage?.inputTokens !== undefined);
    expect(tokens.map(({ spanType, usage }) => [spanType, usage?.inputTokens])).toEqual([
      ['model', 20],
      ['model', 20],
    ]);
  });

  it('[FA2] the example shows its run', async () => {
    const seen = await Viewer.start();
    const program = new FrameworkProgram('ai-sdk.ts', [], { SPANTAIL_URL: seen.url });
    await program.ended();
    await seen.ended();
    expect(outline(seen.trees[0]?.roots ?? [])).toBe(
      'weather-agent(step 0(chat gpt-5-mini weather) step 1(chat gpt-5-mini))',
    );
  });
});
