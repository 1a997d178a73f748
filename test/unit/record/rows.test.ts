import {
  RunTree,
  buildPayload,
  sumUsage,
  factsOf,
  toRunRow,
  toSpanRow,
  type CloseEvent,
  type OpenEvent,
  type TraceEvent,
  type Usage,
} from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { hashBlob } from '../../support/codec/hash-blob.ts';

const TRACE = 'a'.repeat(32);
const id = (n: number): string => n.toString(16).padStart(16, '0');
const ACTIVITY = { ended: true, firstActivityUs: 5, lastActivityUs: 900, eventCount: 7 };

function open(n: number, parent: number | undefined, rest: Partial<OpenEvent> = {}): OpenEvent {
  return {
    type: 'open',
    spanId: id(n),
    ...(parent === undefined ? {} : { parentSpanId: id(parent) }),
    name: `s${n}`,
    spanType: 'step',
    startUs: n * 10,
    ...rest,
  };
}

function close(n: number, rest: Partial<CloseEvent> = {}): CloseEvent {
  return { type: 'close', spanId: id(n), endUs: n * 10 + 5, status: 'ok', ...rest };
}

function treeOf(...events: TraceEvent[]): RunTree {
  const tree = new RunTree(TRACE);
  for (const event of events) tree.apply(event);
  return tree;
}

function rowOf(tree: RunTree, n: number) {
  const node = tree.get(id(n));
  if (node === undefined) throw new Error(`no span ${n}`);
  return toSpanRow(tree, node);
}

const model = (n: number, parent: number | undefined, usage: Usage): TraceEvent[] => [
  open(n, parent, { spanType: 'model' }),
  close(n, { usage }),
];

describe('toSpanRow', () => {
  it('has the columns that attributes of the conventions tell, old names too', () => {
    const attributes = {
      'gen_ai.system': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.prompt_tokens': '1000',
      'gen_ai.usage.output_tokens': 10,
      'gen_ai.usage.cache_read.input_tokens': 400,
      'session.id': 'chat 1',
      'user.id': 'ann',
    };
    const tree = treeOf(open(1, undefined, { spanType: 'model', attributes }), close(1));
    expect(rowOf(tree, 1)).toMatchObject({
      provider: 'openai',
      model: 'gpt-4o',
      inputTokens: 1000,
      outputTokens: 10,
      cachedInputTokens: 400,
      costUsd: (600 * 2.5 + 400 * 1.25 + 10 * 10) / 1e6,
      sessionId: 'chat 1',
      userId: 'ann',
      durationUs: 5,
    });
  });

  it('prefers usage to attributes, and what its source says it cost to the list', () => {
    const attributes = { 'gen_ai.usage.input_tokens': 1, 'gen_ai.request.model': 'gpt-4o' };
    const tree = treeOf(
      open(1, undefined, { spanType: 'model', attributes }),
      close(1, { usage: { inputTokens: 7, costUsd: 0.5 } }),
    );
    expect(rowOf(tree, 1)).toMatchObject({ inputTokens: 7, costUsd: 0.5 });
  });

  it('gives a span the agent, session and user of the nearest span above that has one', () => {
    const session = { 'gen_ai.conversation.id': 'c' };
    const tree = treeOf(
      open(1, undefined, { spanType: 'agent', name: 'invoke_agent planner', attributes: session }),
      open(2, 1, { spanType: 'tool' }),
      open(3, 2, { spanType: 'agent', attributes: { 'gen_ai.agent.name': 'searcher' } }),
      open(4, 3, { spanType: 'model' }),
    );
    const agents = [1, 2, 3, 4].map((n) => rowOf(tree, n).agent);
    expect(agents).toEqual(['planner', 'planner', 'searcher', 'searcher']);
    expect(rowOf(tree, 4).sessionId).toBe('c');
  });

  it('ends its search for an agent in a circle of parents', () => {
    const tree = treeOf(open(1, 2), open(2, 1));
    expect(rowOf(tree, 1).agent).toBeUndefined();
  });

  it('has no duration while its start or its end is unknown', () => {
    expect(rowOf(treeOf(close(1)), 1)).not.toHaveProperty('durationUs');
    expect(rowOf(treeOf(open(1, undefined)), 1)).not.toHaveProperty('durationUs');
  });

  it('is plain data: what it holds does not change with the tree', () => {
    const tree = treeOf(open(1, undefined, { attributes: { a: 1 } }));
    const row = rowOf(tree, 1);
    tree.apply(close(1, { attributes: { a: 2 } }));
    expect(row.attributes).toEqual({ a: 1 });
    expect(structuredClone(row)).toEqual(row);
  });
});

describe('sumUsage', () => {
  const sum = (...events: TraceEvent[]) => sumUsage(treeOf(...events), factsOf);

  it('[REC8] counts model calls once where an agent repeats their total', () => {
    const total = sum(
      open(1, undefined, { spanType: 'agent' }),
      ...model(2, 1, { inputTokens: 10, outputTokens: 1 }),
      ...model(3, 1, { inputTokens: 20, outputTokens: 2 }),
      close(1, { usage: { inputTokens: 30, outputTokens: 3, costUsd: 0.1 } }),
    );
    expect(total).toEqual({ inputTokens: 30, outputTokens: 3, costUsd: 0.1 });
  });

  it('counts a model call that only repeats the calls directly below it once', () => {
    const total = sum(
      open(1, undefined, { spanType: 'model' }),
      ...model(2, 1, { inputTokens: 10 }),
      close(1, { usage: { inputTokens: 10 } }),
    );
    expect(total).toEqual({ inputTokens: 10 });
  });

  it('counts a call and those that a tool below it makes', () => {
    const total = sum(
      ...model(1, undefined, { inputTokens: 5 }),
      open(2, 1, { spanType: 'tool' }),
      ...model(3, 2, { inputTokens: 10 }),
    );
    expect(total).toEqual({ inputTokens: 15 });
  });

  it('counts other spans where nothing below them says anything', () => {
    const total = sum(
      open(1, undefined, { spanType: 'agent' }),
      open(2, 1, { spanType: 'embedding' }),
      close(2, { usage: { inputTokens: 3 } }),
      open(3, 1, { spanType: 'agent' }),
      close(3, { usage: { inputTokens: 4 } }),
      close(1, { usage: { inputTokens: 7 } }),
    );
    expect(total).toEqual({ inputTokens: 7 });
  });

  it('does not overflow on a deep tree', () => {
    const events: TraceEvent[] = [open(1, undefined)];
    for (let n = 2; n <= 20_000; n++) events.push(open(n, n - 1));
    expect(sum(...events, ...model(20_001, 20_000, { inputTokens: 1 }))).toEqual({
      inputTokens: 1,
    });
  });
});

describe('toRunRow', () => {
  it('names the run after its earliest root, and says what is going on', () => {
    const tree = treeOf(
      open(9, 8, { startUs: 1 }),
      open(1, undefined, {
        attributes: { 'service.name': 'bot', tags: ['a', 'b'] },
        input: buildPayload('book a trip', hashBlob).payload,
      }),
      open(2, 1, { attributes: { 'gen_ai.request.model': 'm1', tags: ['b', 'c'] } }),
      open(3, 1),
      close(3, { status: 'error' }),
    );
    const row = toRunRow(tree, { ...ACTIVITY, ended: false });
    expect(row).toMatchObject({
      name: 's1',
      service: 'bot',
      inputPreview: 'book a trip',
      status: 'running',
      startUs: 10,
      currentStep: 's2',
      spanCount: 4,
      openCount: 3,
      errorCount: 1,
      lostCount: 0,
      eventCount: 7,
      models: ['m1'],
      tags: expect.arrayContaining(['a', 'b', 'c']) as unknown,
      lastActivityUs: 900,
    });
    expect(row).not.toHaveProperty('endUs');
  });

  it.each([
    ['ok', [close(1, { status: 'unset' }), close(2, { status: 'error' })]],
    ['error', [close(1, { status: 'error' }), close(2)]],
    ['lost', [close(1), close(2, { status: 'error', reason: 'lost' })]],
  ] as const)('is %s at its end by its root, unless something was lost', (status, closes) => {
    const tree = treeOf(open(1, undefined), open(2, 1), ...closes);
    const row = toRunRow(tree, ACTIVITY);
    expect(row).toMatchObject({ status, endUs: 25, durationUs: 15 });
    expect(row).not.toHaveProperty('currentStep');
  });

  it('has a start where no span has one', () => {
    expect(toRunRow(treeOf(), ACTIVITY).startUs).toBe(5);
    expect(toRunRow(treeOf(close(1)), ACTIVITY)).toMatchObject({ startUs: 5, durationUs: 10 });
  });
});
