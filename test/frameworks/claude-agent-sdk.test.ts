import type { WatchedTree } from '@spantail/client';
import { describe, expect, it } from 'vitest';
import { AdapterRun, nobody } from '../support/frameworks/adapter-run.ts';
import { named, outline, outputOf, SeenRuns } from '../support/frameworks/seen-runs.ts';
import { startTestGateway } from '../support/gateway.ts';

const PROGRAM = 'programs/claude-agent-sdk/program.ts';

/** Modes of the program that need nobody to go on. */
const MODES = [
  'in one go',
  'pieces',
  'three',
  'crash',
  'interrupted',
  'broken off',
  'at once',
  'a missing program',
];

const SURVEY = `agent Claude
  model chat claude-fake-1
  tool Read
  tool Bash !
  model chat claude-fake-1
  tool WebFetch !
  tool Task
    agent explorer
      model chat claude-fake-1
      tool Grep
      model chat claude-fake-1
  model chat claude-fake-1`;

async function start(mode: string, env: NodeJS.ProcessEnv = {}) {
  const gateway = await startTestGateway({ tracker: {} });
  const run = new AdapterRun(PROGRAM, [mode], { SPANTAIL_URL: gateway.url, ...env });
  return { run, runs: new SeenRuns(gateway) };
}

/** Spans by name and state; siblings that start at once may be in either order. */
function lines(tree: WatchedTree): string[] {
  return outline(tree).split('\n').toSorted();
}

describe('Claude Agent SDK', () => {
  it('[FA2, FA3, FA4, FA6] shows tools and text while they run', async () => {
    const { run, runs } = await start('survey');
    await run.waits(1);
    const [atTools] = await runs.show(
      ([tree]) => ['Read', 'Bash'].every((name) => outline(tree!).includes(`tool ${name} (open)`)),
      'both tools are seen',
    );
    expect(await named(atTools!, 'Read').input?.load()).toEqual({ file_path: 'src' });
    expect(named(atTools!, 'Claude')).toMatchObject({
      state: 'open',
      attributes: {
        'gen_ai.conversation.id': '11111111-2222-4333-8444-555555555555',
        'gen_ai.request.model': 'claude-fake-1',
        'claude.cwd': '/work',
      },
    });
    run.go();
    await run.waits(2);
    const [atAnswer] = await runs.show(
      ([tree]) => [...tree!.walk()].some(({ span }) => span.outputText === 'It is '),
      'the first word is seen',
    );
    expect(outline(atAnswer!)).toMatch(/ {2}model chat claude-fake-1 \(open\)$/);
    run.go();
    await run.told();

    const [tree] = await runs.ended();
    expect(lines(tree!)).toEqual(SURVEY.split('\n').toSorted());
    expect(await named(tree!, 'Claude').input?.load()).toBe('survey src');
    expect(await outputOf(named(tree!, 'Claude'))).toBe('It is a parser, with 🧪 tests.');
    const calls = [...tree!.walk()].filter(({ span }) => span.spanType === 'model');
    const answer = calls.at(-1)!.span;
    expect(answer.outputText).toBe('It is a parser, with 🧪 tests.');
    expect(answer.output).toBeUndefined();
    expect(await outputOf(calls[0]!.span)).toMatchObject([
      { type: 'text', text: 'I look.' },
      { type: 'tool_use', name: 'Read', input: { file_path: 'src' } },
      { type: 'tool_use', name: 'Bash', input: { command: 'make' } },
    ]);
    expect(await calls[0]!.span.input?.load()).toEqual([{ role: 'user', content: 'survey src' }]);
    const usage = { inputTokens: 100, cachedInputTokens: 90, outputTokens: 11 };
    for (const { span } of tree!.walk())
      expect(span.usage).toEqual(span.spanType === 'model' ? usage : undefined);
    expect(named(tree!, 'Claude').attributes['gen_ai.usage.cost']).toBe(0.0125);
    expect(await runs.summary(({ openCount }) => openCount === 0)).toMatchObject({
      inputTokens: 500,
      outputTokens: 55,
      costUsd: 0.0125,
    });
  });

  it('[FA6] shows why tools failed, and the agent below a tool', async () => {
    const { run, runs } = await start('in one go');
    await run.told();
    const [tree] = await runs.ended();
    expect(named(tree!, 'Bash').error).toMatchObject({ message: 'make: no rule' });
    expect(named(tree!, 'WebFetch').error?.message).toMatch(/not allowed here/);
    expect(await outputOf(named(tree!, 'Read'))).toEqual({ file: 'text of it' });
    const explorer = named(tree!, 'explorer');
    expect(tree!.get(explorer.parentSpanId!)?.name).toBe('Task');
    expect(await explorer.input?.load()).toBe('find tests');
    expect(await outputOf(explorer)).toBe('3 tests');
    expect(explorer.children.map(({ name }) => name)).toContain('Grep');
  });

  it('[FA2] puts steps where they belong when the program reads slowly', async () => {
    const { run, runs } = await start('slow reader');
    await run.told();
    const [tree] = await runs.ended();
    expect(lines(tree!)).toEqual(SURVEY.split('\n').toSorted());
    expect(named(tree!, 'explorer').children).toHaveLength(3);
  });

  it.each(MODES)('[FA1] changes nothing of %s, with a gateway and without', async (mode) => {
    const off = new AdapterRun(PROGRAM, [mode], { ADAPTER: 'off' });
    const { run } = await start(mode);
    const away = new AdapterRun(PROGRAM, [mode], { SPANTAIL_URL: await nobody(), SHUTDOWN: 'no' });
    const plain = await off.told();
    expect(plain).toMatchObject({ traceparents: [], unhandled: [] });
    expect({ ...(await run.told()), traceparents: [] }).toEqual(plain);
    expect({ ...(await away.told()), traceparents: [] }).toEqual(plain);
  });

  it('[FA5] keeps queries apart that go on side by side', async () => {
    const { run, runs } = await start('three');
    await run.told();
    const trees = await runs.ended(3);
    const prompts = await Promise.all(
      trees.map(async (tree) => {
        expect(lines(tree)).toEqual(SURVEY.split('\n').toSorted());
        const prompt = await named(tree, 'Claude').input?.load();
        expect(prompt).toMatch(/^survey [abc]$/);
        const path = (prompt as string).slice(-1);
        expect(await named(tree, 'Read').input?.load()).toEqual({ file_path: path });
        return path;
      }),
    );
    expect(new Set(prompts).size).toBe(3);
  });

  it('[FA6] shows what was running when the process broke down', async () => {
    const { run, runs } = await start('crash');
    await run.told();
    const [tree] = await runs.ended();
    expect(lines(tree!)).toEqual(['  model chat claude-fake-1', '  tool Bash !', 'agent Claude !']);
    expect(named(tree!, 'Claude').error?.message).toBe('Claude Code process exited with code 1');
  });

  it('[FA6] shows an interrupted query as failed', async () => {
    const { run, runs } = await start('interrupted');
    await run.told();
    const [tree] = await runs.ended();
    expect(named(tree!, 'Claude').error).toMatchObject({
      type: 'error_during_execution',
      message: 'interrupted',
    });
    expect(await named(tree!, 'Claude').input?.load()).toEqual([
      { role: 'user', content: 'forever' },
    ]);
  });

  it('[FA6] closes everything when the program leaves its loop', async () => {
    const { run, runs } = await start('broken off');
    await run.told();
    const [tree] = await runs.ended();
    expect(named(tree!, 'Claude').status).toBe('unset');
  });

  it('[FA7] goes on below the active span, and hands its place on', async () => {
    const { run, runs } = await start('active');
    const { traceparents, active } = await run.told();
    const [tree] = await runs.ended();
    const root = named(tree!, 'Claude');
    expect(tree!.get(root.parentSpanId!)?.name).toBe('outer');
    expect(traceparents).toEqual([`00-${tree!.traceId}-${root.spanId}-01`]);
    // What the SDK calls of the program's own is below the query.
    expect(new Set(active as string[])).toEqual(new Set([root.spanId]));
  });

  it('[FA2] is shown by its example', async () => {
    const gateway = await startTestGateway({ tracker: {} });
    const run = new AdapterRun('claude-agent-sdk.ts', [], { SPANTAIL_URL: gateway.url });
    expect(await run.lastLine()).toBe('It is a parser, with 🧪 tests.');
    const [tree] = await new SeenRuns(gateway).ended();
    expect(lines(tree!)).toEqual(SURVEY.split('\n').toSorted());
  });
});
