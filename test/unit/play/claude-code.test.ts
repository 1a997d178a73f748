import { describe, expect, it } from 'vitest';
import { parseSessionLine } from '../../../server/src/play/formats/claude-code/line.ts';
import { SessionReader } from '../../../server/src/play/formats/claude-code/session.ts';
import { closeLast } from '../../../server/src/play/recorded/late.ts';
import type { RecordedAction } from '../../../server/src/play/index.ts';
import { fixture } from '../../support/play/fixture.ts';
import { countsOf, shapeOf } from '../../support/play/run-shape.ts';

const SHORT = 'claude-code/short.jsonl';
const HEAVY = 'claude-code/tool-heavy.jsonl';
const SUB_AGENT = 'claude-code/sub-agent.jsonl.gz';

describe('a recorded Claude Code session', () => {
  it.each([
    [SHORT, { spans: 4, model: 1, tool: 2, agent: 1, depth: 2, failed: 2 }],
    [HEAVY, { spans: 11, model: 4, tool: 6, agent: 1, depth: 2, failed: 0 }],
    [SUB_AGENT, { spans: 75, model: 28, tool: 44, agent: 3, depth: 4, failed: 1 }],
  ])('%s has its spans, nested and in causal order', async (path, counts) => {
    const shape = shapeOf(await fixture(path));
    expect(shape.problems).toEqual([]);
    expect(countsOf(shape)).toEqual(counts);
  });

  it('[PROM2] a model span grows block by block, and the deltas are its output', async () => {
    const { spans } = shapeOf(await fixture(SHORT));
    const model = spans.get('model:msg_01MKH1ccEGrZGNPvu8pYiiQa');
    // A blank block is none: what the model said begins with the first line.
    expect(model?.deltas).toHaveLength(4);
    expect(model?.deltas.join('')).toMatch(
      /^<thinking>\nThe user is having .*\n<\/thinking>\nLet me check .* error\.\n<tool_use name="Bash">.*<\/tool_use>\n<tool_use name="Glob">/,
    );
    expect(model?.close).not.toHaveProperty('output');
    expect(model?.close?.usage).toEqual({
      inputTokens: 25_353,
      outputTokens: 13,
      cachedInputTokens: 11_515,
    });
  });

  it('[PROM1] a model call opens when its input was complete, with the conversation as input', async () => {
    const { spans } = shapeOf(await fixture(SHORT));
    const open = spans.get('model:msg_01MKH1ccEGrZGNPvu8pYiiQa')?.open;
    expect(open?.startUs).toBe(Date.parse('2026-02-10T21:11:56.846Z') * 1_000);
    expect(open?.input).toEqual([{ role: 'user', content: 'mix phx.server doesnt seem to start' }]);
    expect(open?.attributes?.['gen_ai.request.model']).toBe('claude-opus-4-6');
  });

  it('a refused tool call fails with the reason', async () => {
    const { spans } = shapeOf(await fixture(SHORT));
    const tool = spans.get('tool:toolu_0116Hyi5v8ut7Ffb7d8qV1Sc');
    expect(tool?.open).toMatchObject({
      name: 'Bash',
      spanType: 'tool',
      input: { command: 'mix phx.server 2>&1 | head -80', timeout: 30_000 },
    });
    expect(tool?.close?.status).toBe('error');
    expect(tool?.close?.error?.message).toMatch(/^The user doesn't want to proceed/);
  });

  it('[PROM2] a command shows its output while it runs', async () => {
    const { spans } = shapeOf(await fixture(SUB_AGENT));
    const growing = [...spans.values()].filter(
      ({ open, deltas }) => open.spanType === 'tool' && deltas.length > 0,
    );
    expect(growing.map(({ deltas }) => deltas[0])).toContain('Resolving Hex dependencies...');
    for (const { close } of growing) expect(close).not.toHaveProperty('output');
  });

  it('a sub-agent stands below the Task call that started it, with its own calls below', async () => {
    const { spans } = shapeOf(await fixture(SUB_AGENT));
    const agent = spans.get('agent:aac57f5');
    const task = spans.get(agent?.open.parentKey ?? '');
    expect(task?.open).toMatchObject({ spanType: 'agent', parentKey: 'session' });
    expect(task?.open.name).toMatch(/^Task/);
    const below = [...spans.values()].filter(({ open }) => open.parentKey === 'agent:aac57f5');
    expect(below).toHaveLength(15);
    const lastEnd = Math.max(...below.map(({ close }) => close?.endUs ?? Infinity));
    expect(lastEnd).toBeLessThanOrEqual(task?.close?.endUs ?? 0);
  });

  it('[PROM10] each call repeats the messages of the one before it unchanged', async () => {
    const run = await fixture(SUB_AGENT);
    const inputs = run.actions.flatMap((action) =>
      action.type === 'open' && action.spanType === 'model' && action.parentKey === 'session'
        ? [(action.input as unknown[]).map((message) => JSON.stringify(message))]
        : [],
    );
    expect(inputs.length).toBeGreaterThan(10);
    inputs.slice(1).forEach((input, index) => {
      expect(input.slice(0, inputs[index]?.length)).toEqual(inputs[index]);
      expect(input.length).toBeGreaterThan(inputs[index]?.length ?? 0);
    });
  });
});

describe('a session read line by line', () => {
  const at = (second: number): string => new Date(1_770_000_000_000 + second * 1_000).toISOString();
  const user = (second: number, content: unknown, more = {}): object => ({
    type: 'user',
    uuid: `u${second}`,
    timestamp: at(second),
    message: { role: 'user', content },
    ...more,
  });
  const reply = (second: number, id: string, block: object, more = {}): object => ({
    type: 'assistant',
    uuid: `a${second}`,
    timestamp: at(second),
    message: { id, role: 'assistant', model: 'm', content: [block] },
    ...more,
  });
  const text = (words: string): object => ({ type: 'text', text: words });
  const call = (id: string, name = 'Bash'): object => ({ type: 'tool_use', id, name, input: {} });
  const result = (id: string, content: unknown): object[] => [
    { type: 'tool_result', tool_use_id: id, content },
  ];
  const shellProgress = (second: number, id: string, fullOutput: string): object => ({
    type: 'progress',
    uuid: `p${second}`,
    timestamp: at(second),
    parentToolUseID: id,
    data: { type: 'bash_progress', fullOutput },
  });
  const read = (...lines: object[]): RecordedAction[] => {
    const reader = new SessionReader('s');
    return [
      ...lines.flatMap((line) => {
        const parsed = parseSessionLine(line as Parameters<typeof parseSessionLine>[0]);
        return parsed === undefined ? [] : reader.push(parsed);
      }),
      ...reader.end('finished'),
    ];
  };
  const open = (actions: RecordedAction[], key: string): RecordedAction | undefined =>
    actions.find((action) => action.type === 'open' && action.key === key);

  it('a compaction restarts the context with what follows it', () => {
    const actions = read(
      user(1, 'first'),
      reply(2, 'A', text('one')),
      { type: 'system', subtype: 'compact_boundary', uuid: 'c', timestamp: at(3) },
      user(4, 'summary', { isCompactSummary: true }),
      reply(5, 'B', text('two')),
    );
    expect(open(actions, 'model:B')).toMatchObject({
      input: [{ role: 'user', content: 'summary' }],
    });
  });

  it('a line seen before changes nothing', () => {
    const lines = [user(1, 'hi'), reply(2, 'A', call('t1')), user(3, result('t1', 'done'))];
    expect(read(...lines, ...lines)).toEqual(read(...lines));
  });

  it('results amid a message leave its span open until the next message', () => {
    const actions = read(
      user(1, 'hi'),
      reply(2, 'A', call('t1')),
      user(3, result('t1', 'done')),
      reply(4, 'A', call('t2')),
      user(5, result('t2', 'done')),
      reply(6, 'B', text('end')),
    );
    const closes = actions.filter(({ type, key }) => type === 'close' && key === 'model:A');
    expect(closes.map(({ atUs }) => atUs)).toEqual([Date.parse(at(4)) * 1_000]);
    expect(open(actions, 'model:B')).toMatchObject({ startUs: Date.parse(at(5)) * 1_000 });
  });

  it('a block behind the next message still belongs to its own message', () => {
    const late = closeLast(
      read(
        user(1, 'hi'),
        reply(2, 'A', text('one')),
        reply(3, 'B', text('two')),
        reply(4, 'A', text('more')),
      ),
    ).filter(({ key }) => key === 'model:A');
    expect(late.map(({ type }) => type)).toEqual(['open', 'update', 'update', 'close']);
    expect(late.at(-1)).toMatchObject({ endUs: Date.parse(at(4)) * 1_000 });
  });

  it('a tool without a result at the end of the log is closed as unset and says why', () => {
    const actions = read(user(1, 'hi'), reply(2, 'A', call('t1')));
    expect(actions.find(({ type, key }) => type === 'close' && key === 'tool:t1')).toMatchObject({
      status: 'unset',
      attributes: { 'spantail.ended_by': 'end of the log' },
    });
  });

  it('[PROM2] progress that its final output contradicts gives way to that output', () => {
    const actions = read(
      user(1, 'hi'),
      reply(2, 'A', call('t1')),
      shellProgress(3, 't1', 'working\n'),
      shellProgress(4, 't1', 'something else entirely\n'),
      user(5, result('t1', 'moved to the background')),
    );
    const tool = actions.filter(({ key }) => key === 'tool:t1');
    expect(tool.filter((action) => action.type === 'update')).toMatchObject([
      { outputDelta: 'working' },
    ]);
    expect(tool.at(-1)).toMatchObject({ type: 'close', output: 'moved to the background' });
  });

  it("a sub-agent's lines wait for the call that started it, whatever comes first", () => {
    const sub = { agentId: 'x1', isSidechain: true };
    const actions = read(
      user(1, 'hi'),
      user(3, 'look', sub),
      reply(4, 'S', text('found'), sub),
      reply(2, 'A', call('t1', 'Task')),
      user(5, result('t1', 'found'), {
        toolUseResult: { agentId: 'x1', status: 'completed' },
      }),
    );
    const order = actions.filter(({ type }) => type === 'open').map(({ key }) => key);
    expect(order).toEqual(['session', 'model:A', 'tool:t1', 'agent:x1', 'model:S']);
    expect(open(actions, 'agent:x1')).toMatchObject({ parentKey: 'tool:t1', input: 'look' });
  });

  it('a sub-agent is linked by its prompt as soon as it begins', () => {
    const block = { type: 'tool_use', id: 't1', name: 'Task', input: { prompt: 'look' } };
    const reader = new SessionReader('s');
    const push = (line: object): RecordedAction[] => {
      const parsed = parseSessionLine(line as Parameters<typeof parseSessionLine>[0]);
      return parsed === undefined ? [] : reader.push(parsed);
    };
    push(user(1, 'hi'));
    push(reply(2, 'A', block));
    const actions = push(user(3, 'look', { agentId: 'x1', isSidechain: true }));
    expect(open(actions, 'agent:x1')).toMatchObject({ parentKey: 'tool:t1' });
  });

  it("the main file's repetition of a sub-agent's lines stands in for a missing file", () => {
    const actions = read(user(1, 'hi'), reply(2, 'A', call('t1', 'Task')), {
      type: 'progress',
      uuid: 'p3',
      timestamp: at(3),
      parentToolUseID: 't1',
      data: { type: 'agent_progress', agentId: 'x1', message: reply(3, 'S', text('found')) },
    });
    expect(open(actions, 'model:S')).toMatchObject({ parentKey: 'agent:x1' });
  });
});
