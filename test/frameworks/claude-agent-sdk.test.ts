import type { WatchedTree } from '@spantail/client';
import { describe, expect, it } from 'vitest';
import { FrameworkProgram } from '../support/frameworks/framework-program.ts';
import { models, named, outline, outputOf, spansOf } from '../support/frameworks/seen-tree.ts';
import { threeWays } from '../support/frameworks/three-ways.ts';
import { Viewer } from '../support/frameworks/viewer.ts';

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
  const viewer = await Viewer.start();
  const program = new FrameworkProgram(PROGRAM, [mode], { SPANTAIL_URL: viewer.url, ...env });
  return { program, viewer };
}

/** Spans by name and state; siblings that start at once may be in either order. */
function lines(tree: WatchedTree): string[] {
  return outline(tree).split('\n').toSorted();
}

describe('Claude Agent SDK', () => {
  it('[FA2, FA3, FA4, FA6] shows tools and text while they run', async () => {
    const { program, viewer } = await start('survey');
    await program.waits(1);
    const [atTools] = await viewer.show(
      (tree) => ['Read', 'Bash'].every((name) => outline(tree).includes(`tool ${name} (open)`)),
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
    program.go();
    await program.waits(2);
    const [atAnswer] = await viewer.show(
      (tree) => spansOf(tree).some(({ outputText }) => outputText === 'It is '),
      'the first word is seen',
    );
    expect(outline(atAnswer!)).toMatch(/ {2}model chat claude-fake-1 \(open\)$/);
    program.go();
    await program.told();

    const tree = await viewer.endedRun();
    expect(lines(tree)).toEqual(SURVEY.split('\n').toSorted());
    expect(await named(tree, 'Claude').input?.load()).toBe('survey src');
    expect(await outputOf(named(tree, 'Claude'))).toBe('It is a parser, with 🧪 tests.');
    const calls = models(tree);
    const answer = calls.at(-1)!;
    expect(answer.outputText).toBe('It is a parser, with 🧪 tests.');
    expect(answer.output).toBeUndefined();
    expect(await outputOf(calls[0]!)).toMatchObject([
      { type: 'text', text: 'I look.' },
      { type: 'tool_use', name: 'Read', input: { file_path: 'src' } },
      { type: 'tool_use', name: 'Bash', input: { command: 'make' } },
    ]);
    expect(await calls[0]!.input?.load()).toEqual([{ role: 'user', content: 'survey src' }]);
    const usage = { inputTokens: 100, cachedInputTokens: 90, outputTokens: 11 };
    for (const { span } of tree.walk())
      expect(span.usage).toEqual(span.spanType === 'model' ? usage : undefined);
    expect(named(tree, 'Claude').attributes['gen_ai.usage.cost']).toBe(0.0125);
    expect(await viewer.summary(({ openCount }) => openCount === 0)).toMatchObject({
      inputTokens: 500,
      outputTokens: 55,
      costUsd: 0.0125,
    });
  });

  it('[FA6] shows why tools failed, and the agent below a tool', async () => {
    const { program, viewer } = await start('in one go');
    await program.told();
    const tree = await viewer.endedRun();
    expect(named(tree, 'Bash').error).toMatchObject({ message: 'make: no rule' });
    expect(named(tree, 'WebFetch').error?.message).toMatch(/not allowed here/);
    expect(await outputOf(named(tree, 'Read'))).toEqual({ file: 'text of it' });
    const explorer = named(tree, 'explorer');
    expect(tree.get(explorer.parentSpanId!)?.name).toBe('Task');
    expect(await explorer.input?.load()).toBe('find tests');
    expect(await outputOf(explorer)).toBe('3 tests');
    expect(explorer.children.map(({ name }) => name)).toContain('Grep');
  });

  it('[FA2] puts steps where they belong when the program reads slowly', async () => {
    const { program, viewer } = await start('slow reader');
    await program.told();
    const tree = await viewer.endedRun();
    expect(lines(tree)).toEqual(SURVEY.split('\n').toSorted());
    expect(named(tree, 'explorer').children).toHaveLength(3);
  });

  it.each(MODES)('[FA1] changes nothing of %s, with a gateway and without', async (mode) => {
    const { off, on, away } = await threeWays(PROGRAM, mode);
    expect(off).toMatchObject({ traceparents: [], unhandled: [] });
    // What the query hands on is all that is other.
    expect(on).toEqual({ ...(off as object), traceparents: expect.any(Array) as unknown });
    expect(away).toEqual({ ...(off as object), traceparents: expect.any(Array) as unknown });
  });

  it('[FA5] keeps queries apart that go on side by side', async () => {
    const { program, viewer } = await start('three');
    await program.told();
    const trees = await viewer.ended(3);
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
    const { program, viewer } = await start('crash');
    await program.told();
    const tree = await viewer.endedRun();
    expect(lines(tree)).toEqual(['  model chat claude-fake-1', '  tool Bash !', 'agent Claude !']);
    expect(named(tree, 'Claude').error?.message).toBe('Claude Code process exited with code 1');
  });

  it('[FA6] shows an interrupted query as failed', async () => {
    const { program, viewer } = await start('interrupted');
    await program.told();
    const tree = await viewer.endedRun();
    expect(named(tree, 'Claude').error).toMatchObject({
      type: 'error_during_execution',
      message: 'interrupted',
    });
    expect(await named(tree, 'Claude').input?.load()).toEqual([
      { role: 'user', content: 'forever' },
    ]);
  });

  it('[FA6] closes everything when the program leaves its loop', async () => {
    const { program, viewer } = await start('broken off');
    await program.told();
    const tree = await viewer.endedRun();
    expect(named(tree, 'Claude').status).toBe('unset');
  });

  it('[FA7] goes on below the active span, and hands its place on', async () => {
    const { program, viewer } = await start('active');
    const told = (await program.told()) as { traceparents: string[]; active: string[] };
    const tree = await viewer.endedRun();
    const root = named(tree, 'Claude');
    expect(tree.get(root.parentSpanId!)?.name).toBe('outer');
    expect(told.traceparents).toEqual([`00-${tree.traceId}-${root.spanId}-01`]);
    // What the SDK calls of the program's own is below the query.
    expect(new Set(told.active)).toEqual(new Set([root.spanId]));
  });

  it('[FA2] is shown by its example', async () => {
    const viewer = await Viewer.start();
    const program = new FrameworkProgram('claude-agent-sdk.ts', [], { SPANTAIL_URL: viewer.url });
    expect(await program.said()).toBe('It is a parser, with 🧪 tests.');
    const tree = await viewer.endedRun();
    expect(lines(tree)).toEqual(SURVEY.split('\n').toSorted());
  });
});
