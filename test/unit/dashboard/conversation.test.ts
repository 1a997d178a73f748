import type { WatchedTree } from '@spantail/client';
import {
  RunTree,
  factsOf,
  type OpenEvent,
  type SpanType,
  type TraceEvent,
} from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { newTail } from '../../../dashboard/src/conversation/new-tail.ts';
import { rowsOf } from '../../../dashboard/src/conversation/rows.ts';
import { newlyAsked, withoutToolCalls } from '../../../dashboard/src/conversation/spoken.ts';
import { textPayload } from '../../support/generate-run.ts';

type Step = [id: string, parent: string | undefined, type: SpanType, rest?: Partial<OpenEvent>];

/** A tree of steps that started one after the other; `failed` ones end with an error. */
function treeOf(steps: Step[], failed: readonly string[] = []): WatchedTree {
  const tree = new RunTree('ab'.repeat(16));
  const idOf = (name: string): string => name.padEnd(16, '0');
  const events: TraceEvent[] = steps.map(([id, parent, spanType, rest], i) => ({
    type: 'open',
    spanId: idOf(id),
    ...(parent === undefined ? {} : { parentSpanId: idOf(parent) }),
    name: id,
    spanType,
    startUs: 1_000 + i,
    ...rest,
  }));
  for (const event of events) tree.apply(event);
  for (const id of failed)
    tree.apply({ type: 'close', spanId: idOf(id), endUs: 9_000, status: 'error' });
  return tree as unknown as WatchedTree;
}

function shown(tree: WatchedTree): string[] {
  return rowsOf(tree, factsOf).map(
    ({ kind, span, depth, previous }) =>
      `${'  '.repeat(depth)}${kind} ${span.name}${previous === undefined ? '' : ` after ${previous.name}`}`,
  );
}

const INPUT = { input: textPayload('hello') };

describe('conversation rows', () => {
  it('tells calls and tools in order, a sub-agent indented', () => {
    const tree = treeOf([
      ['a', undefined, 'agent'],
      ['b', 'a', 'model', INPUT],
      ['c', 'a', 'tool'],
      ['d', 'a', 'agent'],
      ['e', 'd', 'model', INPUT],
      ['f', 'd', 'tool'],
      ['1', 'a', 'model', INPUT],
    ]);
    expect(shown(tree)).toEqual([
      'agent a',
      '  call b',
      '  action c',
      '  agent d',
      '    call e',
      '    action f',
      '  call 1 after b',
    ]);
  });

  it('leaves out what only repeats', () => {
    const tree = treeOf([
      ['a', undefined, 'step'],
      ['b', 'a', 'agent'],
      ['c', 'b', 'agent'],
      ['d', 'c', 'model', INPUT],
      ['e', 'd', 'model'],
      ['f', 'c', 'tool'],
      ['1', 'f', 'tool'],
      ['2', 'f', 'step'],
    ]);
    expect(shown(tree)).toEqual(['agent c', '  call d', '  action f']);
  });

  it('shows a tool that a framework puts inside of the call', () => {
    const tree = treeOf([
      ['a', undefined, 'agent'],
      ['b', 'a', 'model', INPUT],
      ['c', 'b', 'tool'],
    ]);
    expect(shown(tree)).toEqual(['agent a', '  call b', '  action c']);
  });

  it('tells of a failed step once, where it failed', () => {
    const steps: Step[] = [
      ['a', undefined, 'agent'],
      ['b', 'a', 'step'],
      ['c', 'b', 'step'],
    ];
    expect(shown(treeOf(steps, ['b', 'c']))).toEqual(['agent a', '  failure c']);
    expect(shown(treeOf(steps))).toEqual(['agent a']);
  });

  it('goes on with the thread of an agent that the same caller calls again', () => {
    const tree = treeOf([
      ['a', undefined, 'agent'],
      ['b', 'a', 'agent', { attributes: { 'gen_ai.agent.name': 'helper' } }],
      ['c', 'b', 'model', INPUT],
      ['d', 'a', 'agent', { attributes: { 'gen_ai.agent.name': 'helper' } }],
      ['e', 'd', 'model', INPUT],
    ]);
    expect(shown(tree).at(-1)).toBe('    call e after c');
  });

  it('remembers what agents above were asked', () => {
    const tree = treeOf([
      ['a', undefined, 'agent', INPUT],
      ['b', 'a', 'agent', INPUT],
      ['c', 'b', 'model', INPUT],
      ['d', 'a', 'tool'],
    ]);
    const heard = rowsOf(tree, factsOf).map((row) => [row.span.name, row.heard]);
    expect(heard).toEqual([
      ['a', []],
      ['b', ['hello']],
      ['c', ['hello']],
      ['d', []],
    ]);
  });

  it('knows what a call’s tools are told by, once no more of them can come', () => {
    const steps: Step[] = [
      ['a', undefined, 'agent', { attributes: { 'gen_ai.agent.name': 'boss' } }],
      ['b', 'a', 'model', INPUT],
      ['c', 'a', 'tool', { name: 'execute_tool look', attributes: { 'gen_ai.tool.name': 'look' } }],
      ['d', 'a', 'agent', { name: 'Task helper' }],
      ['e', 'a', 'model', INPUT],
    ];
    const told = (tree: WatchedTree) =>
      rowsOf(tree, factsOf).flatMap(({ kind, told }) => (kind === 'call' ? [told] : []));
    const names = ['Task', 'Task helper', 'a', 'boss', 'execute_tool', 'execute_tool look', 'look'];
    expect(told(treeOf(steps))).toEqual([names, undefined]);
    expect(told(treeOf(steps, ['a', 'b', 'c', 'd', 'e']))).toEqual([names, names]);
  });

  it('walks a chain as deep as an agent makes it', () => {
    const steps: Step[] = Array.from({ length: 3_000 }, (_, i): Step => [
      i.toString(16).padStart(8, 'a'),
      i === 0 ? undefined : (i - 1).toString(16).padStart(8, 'a'),
      i === 2_999 ? 'tool' : 'step',
    ]);
    expect(rowsOf(treeOf(steps), factsOf)).toHaveLength(1);
  });
});

describe('what is said', () => {
  const text = (value: string) => ({ kind: 'text' as const, text: value });

  it('asks only what is new and nobody else tells', () => {
    const messages = [
      { role: 'system', parts: [text('be kind')] },
      { role: 'user', parts: [text('hello')] },
      { role: 'assistant', parts: [text('hi')] },
      { role: 'user', parts: [{ kind: 'tool-result' as const, output: 1, failed: false }] },
      { role: 'user', parts: [text('and now?')] },
    ];
    expect(newlyAsked(messages, undefined).map(({ role }) => role)).toEqual([
      'system',
      'user',
      'user',
    ]);
    expect(newlyAsked(messages, ['same', 'same', 'same', 'new', 'new'])).toEqual([messages[4]]);
    expect(newlyAsked(messages, undefined, ['hello'])).not.toContainEqual(messages[1]);
  });

  it('asks what a tool gave that nothing else tells of', () => {
    const result = (id: string) => ({
      role: 'tool',
      parts: [{ kind: 'tool-result' as const, id, output: 'sunny', failed: false }],
    });
    const call = (id: string, name: string) => ({
      role: 'assistant',
      parts: [{ kind: 'tool-call' as const, id, name, input: {} }],
    });
    const messages = [call('1', 'weather'), result('1'), call('2', 'search'), result('2')];
    expect(newlyAsked(messages, undefined, [], ['search'])).toEqual([messages[1]]);
    expect(newlyAsked(messages, undefined, [])).toEqual([]);
    expect(newlyAsked([result('3')], undefined, [], ['search'])).toEqual([]);
  });

  it('leaves the calls to the tools, but for those that have no rows', () => {
    const call = { kind: 'tool-call' as const, name: 'search', input: {} };
    const messages = [{ role: 'assistant', parts: [text('I look'), call] }];
    const said = [{ role: 'assistant', parts: [text('I look')] }];
    expect(withoutToolCalls(messages, undefined)).toEqual(said);
    expect(withoutToolCalls(messages, ['search'])).toEqual(said);
    expect(withoutToolCalls(messages, ['other'])).toEqual(messages);
    expect(withoutToolCalls([{ role: 'assistant', parts: [call] }], ['search'])).toEqual([]);
  });
});

describe('new tail', () => {
  const ref = (byte: number): Uint8Array => new Uint8Array(16).fill(byte);
  const list = (...parts: (string | Uint8Array)[]) => ({
    mediaType: 'application/json' as const,
    bytes: parts.length,
    preview: '[',
    parts,
    list: true as const,
  });

  it('loads only what is behind the shared beginning', () => {
    const { tail, tailBefore } = newTail(
      list(ref(1), 'a', ref(2), ref(3)),
      list(ref(1), 'a', ref(4)),
    );
    expect(tail.parts).toEqual([ref(2), ref(3)]);
    expect(tailBefore?.parts).toEqual([ref(4)]);
  });

  it('is as large as what is new at most', () => {
    const [before, grown] = [list(ref(1)), list(ref(1), ref(2))];
    const sized = (payload: typeof before, bytes: number) => ({ ...payload, bytes });
    const { tail, tailBefore } = newTail(sized(grown, 5_000_000), sized(before, 4_999_000));
    expect([tail.bytes, tailBefore?.bytes]).toEqual([1_000, 0]);
    // One message was rewritten, and it may be the large one.
    const other = newTail(sized(grown, 5_000_000), sized(list(ref(1), ref(9)), 4_999_000));
    expect([other.tail.bytes, other.tailBefore?.bytes]).toEqual([5_000_000, 4_999_000]);
  });

  it('leaves payloads alone that share nothing, or are no lists', () => {
    const [a, b] = [list('a'), list('b')];
    expect(newTail(a, b)).toEqual({ tail: a, tailBefore: b });
    expect(newTail(a, undefined)).toEqual({ tail: a, tailBefore: undefined });
    expect(newTail(textPayload('x'), a).tailBefore).toBe(a);
  });
});
