import { describe, expect, it } from 'vitest';
import { FrameworkProgram } from '../support/frameworks/framework-program.ts';
import { models, named, outline, outputOf, spansOf } from '../support/frameworks/seen-tree.ts';
import { threeWays } from '../support/frameworks/three-ways.ts';
import { Viewer } from '../support/frameworks/viewer.ts';

const PROGRAM = 'programs/openai-agents/program.ts';

/** Modes of the program that need nobody to go on. */
const MODES = [
  'three',
  'tripwire',
  'failing',
  'failing in a trace',
  'broken off',
  'responses',
  'responses stream',
  'chat',
  'chat stream',
  'openai fails',
];

const TRIP = `agent Agent workflow
  agent Planner
    step turn 1
      model chat
      tool weather
        step looks it up
      tool booking !
    step turn 2
      model chat
      handoff handoff to Packer
  agent Packer
    step turn 3
      model chat`;

async function start(mode: string, env: NodeJS.ProcessEnv = {}) {
  const viewer = await Viewer.start();
  const program = new FrameworkProgram(PROGRAM, [mode], { SPANTAIL_URL: viewer.url, ...env });
  return { program, viewer };
}

describe('OpenAI Agents SDK', () => {
  // Hooks of a processor that is not the first one are called later.
  it.each([
    ['as the only processor', 'yes'],
    ['behind the SDK’s exporter', 'no'],
  ])('[FA2, FA3, FA4, FA6] shows steps while they run, %s', async (_, ALONE) => {
    const { program, viewer } = await start('trip', { ALONE });
    await program.waits(1);
    const [atTool] = await viewer.show(
      (tree) => spansOf(tree).some(({ name }) => name === 'weather'),
      'the tool is seen',
    );
    const weather = named(atTool!, 'weather');
    expect(weather).toMatchObject({ state: 'open', spanType: 'tool' });
    expect(await weather.input?.load()).toEqual({ city: 'Lisbon' });
    expect(atTool!.get(weather.parentSpanId!)).toMatchObject({ name: 'turn 1', state: 'open' });

    program.go();
    await program.waits(2);
    const [atAnswer] = await viewer.show(
      (tree) => spansOf(tree).some(({ outputText }) => outputText === 'Take a light '),
      'half of the answer is seen',
    );
    expect(named(atAnswer!, 'chat', 2)).toMatchObject({ state: 'open' });

    program.go();
    expect(await program.told()).toMatchObject({ unhandled: [] });
    const tree = await viewer.endedRun();
    expect(outline(tree)).toBe(TRIP);
    const answer = named(tree, 'chat', 2);
    expect(answer.outputText).toBe('Take a light jacket 🧥.');
    expect(answer.output).toBeUndefined();
    expect(await named(tree, 'chat').input?.load()).toMatchObject([
      { content: 'A trip to Lisbon' },
    ]);
    expect(await outputOf(named(tree, 'weather'))).toEqual({ city: 'Lisbon', celsius: 19 });
    // What the tool threw, the SDK keeps to itself.
    const booking = named(tree, 'booking');
    expect(booking.error?.message).toMatch(/^Error running tool/);
    expect(await outputOf(booking)).toMatch(/^An error occurred while running the tool/);
    expect(named(tree, 'handoff to Packer').attributes).toMatchObject({
      'handoff.from': 'Planner',
      'handoff.to': 'Packer',
    });
    expect(tree.roots[0]?.attributes).toMatchObject({
      'gen_ai.conversation.id': 'trip-Lisbon',
      'user.id': 'ada',
      'metadata.tier': 'gold',
    });
    const counted = spansOf(tree).filter(({ usage }) => usage !== undefined);
    expect(counted.map(({ spanType, usage }) => [spanType, usage])).toEqual([
      ['model', { inputTokens: 10, outputTokens: 5, cachedInputTokens: 4 }],
      ['model', { inputTokens: 20, outputTokens: 6, cachedInputTokens: 4 }],
      ['model', { inputTokens: 30, outputTokens: 7 }],
    ]);
    expect(await viewer.summary(({ openCount }) => openCount === 0)).toMatchObject({
      inputTokens: 60,
      outputTokens: 18,
    });
  });

  it.each(MODES)('[FA1] changes nothing of %s, with a gateway and without', async (mode) => {
    const { off, on, away } = await threeWays(PROGRAM, mode);
    expect(off).toMatchObject({ unhandled: [] });
    expect(on).toEqual(off);
    expect(away).toEqual(off);
  });

  it('[FA5] keeps runs apart that go on side by side', async () => {
    const { program, viewer } = await start('three');
    await program.told();
    const trees = await viewer.ended(3);
    for (const tree of trees) {
      expect(outline(tree)).toBe(TRIP);
      const city = tree.roots[0]?.attributes['metadata.city'];
      expect(await named(tree, 'weather').input?.load()).toEqual({ city });
      expect(await named(tree, 'chat').input?.load()).toMatchObject([
        { content: `A trip to ${city as string}` },
      ]);
    }
    expect(new Set(trees.map((tree) => tree.roots[0]?.attributes['session.id'])).size).toBe(3);
  });

  it.each([
    ['responses', 'trace', 'yes'],
    ['responses', 'trace', 'no'],
    ['responses stream', 'trace', 'yes'],
    ['responses stream', 'trace', 'no'],
    ['chat', 'trace', 'yes'],
    ['chat stream', 'trace', 'no'],
    ['responses', 'plain', 'yes'],
    ['responses stream', 'plain', 'no'],
    ['chat', 'plain', 'yes'],
    ['chat stream', 'plain', 'no'],
  ])(
    '[FA3, FA4] has one span for a call of the SDK’s own models: %s, %s, %s',
    async (mode, ADAPTER, ALONE) => {
      const { program, viewer } = await start(mode, { ADAPTER, ALONE });
      await program.told();
      const tree = await viewer.endedRun();
      const calls = models(tree);
      expect(calls).toHaveLength(1);
      const span = calls[0]!;
      expect(span.attributes['gen_ai.request.model']).toMatch(/^gpt-offline/);
      expect(await outputOf(span)).toBe('Hello there');
      if (mode.includes('stream') && ADAPTER === 'trace')
        expect(span.outputText).toBe('Hello there');
      if (mode !== 'chat stream' || ADAPTER === 'trace')
        expect(span.usage).toEqual({
          inputTokens: 12,
          outputTokens: 4,
          cachedInputTokens: 8,
          reasoningTokens: 2,
        });
    },
  );

  it('[FA6] shows where a run failed, and ends it though the SDK does not', async () => {
    const { program, viewer } = await start('failing', { SHUTDOWN: 'none' });
    await program.told();
    const tree = await viewer.endedRun();
    expect(outline(tree)).toBe(`agent Agent workflow !
  agent Planner !
    step turn 1 !
      model chat !`);
    expect(named(tree, 'chat').error).toMatchObject({
      type: 'RangeError',
      message: 'the model is away',
    });
  });

  it('[FA6] ends a trace of the program’s own in which a run failed', async () => {
    const { program, viewer } = await start('failing in a trace');
    await program.told();
    const tree = await viewer.endedRun();
    expect(outline(tree)).toMatch(
      /^agent two tries !\n {2}step Agent workflow !\n {4}agent Planner !/,
    );
  });

  it('[FA6] shows a tripped guardrail, and the failed agent around it', async () => {
    const { program, viewer } = await start('tripwire');
    await program.told();
    const tree = await viewer.endedRun();
    expect(named(tree, 'no trips')).toMatchObject({
      spanType: 'guardrail',
      attributes: { 'guardrail.triggered': true },
    });
    expect(named(tree, 'Guarded').error?.type).toBe('InputGuardrailTripwireTriggered');
  });

  it('[FA6] closes what was broken off', async () => {
    const { program, viewer } = await start('broken off');
    await program.told();
    const tree = await viewer.endedRun();
    expect(named(tree, 'chat', 2).outputText).toMatch(/^Take/);
  });

  it('[FA7] goes on in the trace of the tracer it was given', async () => {
    const { program, viewer } = await start('active');
    await program.told();
    const tree = await viewer.endedRun();
    expect(outline(tree)).toBe(
      `agent outer\n${TRIP.split('\n')
        .map((line) => `  ${line}`)
        .join('\n')}`,
    );
  });

  it('[FA2] is shown by its example', async () => {
    const viewer = await Viewer.start();
    const program = new FrameworkProgram('openai-agents.ts', [], { SPANTAIL_URL: viewer.url });
    expect(await program.said()).toBe('Take a light jacket and good shoes.');
    const tree = await viewer.endedRun();
    expect(outline(tree)).toMatch(/tool weather[^]*handoff to Packer[^]*agent Packer/);
  });
});
