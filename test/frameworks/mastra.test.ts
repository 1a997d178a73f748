import { describe, expect, it } from 'vitest';
import { FrameworkProgram } from '../support/frameworks/framework-program.ts';
import { models, named, outline, outputOf } from '../support/frameworks/seen-tree.ts';
import { threeWays } from '../support/frameworks/three-ways.ts';
import { Viewer } from '../support/frameworks/viewer.ts';

const FILE = 'programs/mastra/main.ts';
const run = (scenario: string, env: NodeJS.ProcessEnv): FrameworkProgram =>
  new FrameworkProgram(FILE, [scenario], env);

/** Scenarios, and how often each waits for the test. */
const SCENARIOS: [string, number][] = [
  ['agent', 2],
  ['pieces', 2],
  ['generate', 0],
  ['side-by-side', 0],
  ['failing tool', 0],
  ['failing model', 0],
  ['workflow', 0],
  ['broken off', 1],
  ['below', 0],
  ['elsewhere', 0],
];

const AGENT = `\
agent forecaster
  step generation
    step step 0
      model scripted-1
      tool weather
    step step 1
      model scripted-1`;

function indented(text: string, by: string): string {
  return text.replaceAll(/^/gm, by);
}

describe('Mastra', () => {
  it.each(SCENARIOS)(
    '[FA1] does the same with the exporter, without it and with the gateway away: %s',
    async (scenario, waits) => {
      const { off, on, away } = await threeWays(FILE, scenario, waits);
      expect(off).toBeTruthy();
      expect(on).toEqual(off);
      expect(away).toEqual(off);
    },
  );

  it('[FA2, FA3, FA4] shows an agent while it runs: its steps, its inputs, its text', async () => {
    const viewer = await Viewer.start();
    const program = run('agent', { SPANTAIL_URL: viewer.url });
    await program.waits();
    const [tree] = await viewer.show(
      // What a generation is called comes with its first update, be it in a batch of its own.
      (seen) => /step generation[^]*tool weather/.test(outline(seen)),
      'the tool is seen before it ends',
    );
    if (tree === undefined) throw new Error('no run');
    expect(outline(tree).split('\n').slice(0, 3)).toEqual([
      'agent forecaster (open)',
      '  step generation (open)',
      '    step step 0 (open)',
    ]);
    const tool = named(tree, 'weather');
    expect(tool).toMatchObject({ state: 'open', spanType: 'tool' });
    expect(await tool.input?.load()).toEqual({ city: 'Rome' });
    expect(tool.attributes).toMatchObject({
      'gen_ai.tool.name': 'weather',
      'gen_ai.tool.call.id': 'call_weather',
      'mastra.span.type': 'tool_call',
    });
    const root = named(tree, 'forecaster');
    expect(await root.input?.load()).toBe('Rome');
    expect(root.attributes).toMatchObject({
      'service.name': 'tested',
      'gen_ai.agent.name': 'forecaster',
      'gen_ai.system_instructions': 'Be brief.',
      'session.id': 'session-1',
      'user.id': 'user-1',
      'mastra.metadata.plan': 'free',
      'mastra.availableTools': ['weather'],
      tags: ['tried'],
    });

    program.go();
    await program.waits(2);
    await viewer.show(
      (seen) => models(seen)[1]?.outputText === 'It is sunny ',
      'text is seen in the open span',
    );
    const speaks = models(tree)[1];
    expect(speaks).toMatchObject({ state: 'open', name: 'scripted-1' });
    expect(await speaks?.input?.load()).toMatchObject([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Rome' },
      { role: 'assistant' },
      { role: 'tool' },
    ]);

    program.go();
    await program.told();
    const ended = await viewer.endedRun();
    expect(outline(ended)).toBe(AGENT);
    const [asks, said] = models(ended);
    if (asks === undefined || said === undefined) throw new Error('no two calls of a model');
    expect(said.outputText).toBe('It is sunny in Rome. 🌞');
    expect(await outputOf(said)).toBe(said.outputText);
    expect(await outputOf(asks)).toMatchObject({
      toolCalls: [{ toolCallId: 'call_weather', toolName: 'weather', args: { city: 'Rome' } }],
    });
    expect(said.attributes).toMatchObject({
      'gen_ai.request.model': 'scripted-1',
      'gen_ai.response.model': 'scripted-1',
      'gen_ai.provider.name': 'test',
      'gen_ai.response.finish_reasons': ['stop'],
    });
    for (const { span } of ended.walk())
      expect(span.usage).toEqual(
        span.spanType === 'model'
          ? { inputTokens: 12, outputTokens: 5, cachedInputTokens: 3, reasoningTokens: 2 }
          : undefined,
      );
    expect(named(ended, 'generation').attributes['mastra.usage']).toMatchObject({
      inputTokens: 24,
    });
    expect(await outputOf(named(ended, 'forecaster'))).toBe('It is sunny in Rome. 🌞');
  });

  it('[FA3, FA5] shows text as it comes where the agent hands it on', async () => {
    const viewer = await Viewer.start();
    const program = run('pieces', { SPANTAIL_URL: viewer.url });
    await program.waits(2);
    const trees = await viewer.show(
      (seen) => models(seen)[1]?.outputText === 'It is ',
      'the words so far are seen',
      2,
    );
    for (const tree of trees) expect(models(tree)[1]?.state).toBe('open');
    program.go();
    await program.told();
    for (const tree of await viewer.ended(2)) {
      const city = String(await named(tree, 'forecaster').input?.load());
      expect(models(tree)[1]?.outputText).toBe(`It is ${city} and so on.`);
      expect(await outputOf(named(tree, 'scripted-1', 1))).toBe(`It is ${city} and so on.`);
    }
  });

  it('[FA5] keeps runs that go on side by side apart', async () => {
    const viewer = await Viewer.start();
    await run('side-by-side', { SPANTAIL_URL: viewer.url }).told();
    const trees = await viewer.ended(3);
    const cities: unknown[] = [];
    for (const tree of trees) {
      expect(outline(tree)).toBe(AGENT);
      const city = await named(tree, 'forecaster').input?.load();
      cities.push(city);
      expect(await named(tree, 'weather').input?.load()).toEqual({ city });
      expect(await outputOf(named(tree, 'scripted-1', 1))).toBe(`Sunny in ${String(city)}.`);
    }
    expect(new Set(cities)).toEqual(new Set(['Rome', 'Oslo', 'Lima']));
  });

  it('[FA6] shows a tool that failed, in a run that did not', async () => {
    const viewer = await Viewer.start();
    await run('failing tool', { SPANTAIL_URL: viewer.url }).told();
    const tree = await viewer.endedRun();
    expect(outline(tree)).toBe(AGENT.replace('tool weather', 'tool weather !'));
    const { error } = named(tree, 'weather');
    expect(error).toMatchObject({ type: 'RangeError', message: 'no such city' });
    expect(error?.stack).toContain('scenarios.ts');
  });

  it('[FA3, FA6] shows a model that failed, with what it had said by then', async () => {
    const viewer = await Viewer.start();
    await run('failing model', { SPANTAIL_URL: viewer.url }).told();
    const tree = await viewer.endedRun();
    expect(outline(tree)).toBe(`\
agent poor !
  step generation !
    step step 0 !
      model scripted-1 !`);
    expect(named(tree, 'poor').error?.message).toBe('overloaded');
  });

  it('[FA2, FA6] shows workflows, their steps and the agents in them', async () => {
    const viewer = await Viewer.start();
    await run('workflow', { SPANTAIL_URL: viewer.url }).told();
    const tree = await viewer.endedRun();
    expect(outline(tree)).toBe(`\
step letter !
  step first
  step forecaster
${indented(AGENT, '    ')}
  step last !`);
    expect(await named(tree, 'first').input?.load()).toEqual({ text: 'Rome' });
    expect(await outputOf(named(tree, 'first'))).toEqual({ prompt: 'Rome' });
    expect(named(tree, 'last').error?.message).toBe('too short');
  });

  it('[FA6] closes what was broken off', async () => {
    const viewer = await Viewer.start();
    const program = run('broken off', { SPANTAIL_URL: viewer.url });
    await program.waits();
    const tree = await viewer.endedRun();
    expect(outline(tree)).toBe(AGENT);
    expect(named(tree, 'forecaster').status).toBe('unset');
    expect(await outputOf(named(tree, 'forecaster'))).toMatchObject({ status: 'aborted' });
    expect(models(tree)[1]?.usage).toBeUndefined();
    program.go();
    await program.told();
  });

  it('[FA7] goes on below a span of the program', async () => {
    const viewer = await Viewer.start();
    await run('below', { SPANTAIL_URL: viewer.url }).told();
    expect(outline(await viewer.endedRun())).toBe(`agent own\n${indented(AGENT, '  ')}`);
  });

  it('[FA2] goes on below a span of another process', async () => {
    const viewer = await Viewer.start();
    await run('elsewhere', { SPANTAIL_URL: viewer.url }).told();
    const tree = await viewer.endedRun();
    expect(tree.traceId).toBe('ab'.repeat(16));
    expect(tree.roots).toMatchObject([{ orphan: true, parentSpanId: 'cd'.repeat(8) }]);
    expect(outline(tree)).toBe(AGENT);
  });

  it('[FA1, FA3] runs the example', async () => {
    const viewer = await Viewer.start();
    const example = new FrameworkProgram('mastra.ts', [], { SPANTAIL_URL: viewer.url });
    expect(await example.said()).toBe('It is sunny in Lisbon, at 24 °C.');
    const tree = await viewer.endedRun();
    expect(outline(tree)).toBe(AGENT.replaceAll('scripted-1', 'gpt-5-mini'));
    expect(models(tree)[1]?.outputText).toBe('It is sunny in Lisbon, at 24 °C.');
    expect(tree.roots[0]?.attributes['service.name']).toBe('weather-agent');
  });
});
