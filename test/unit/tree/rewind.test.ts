import { RunTree, treeToJson, type OpenEvent, type TraceEvent } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';

const TRACE = 'a'.repeat(32);
const id = (n: number): string => n.toString(16).padStart(16, '0');

function open(n: number, rest: Partial<OpenEvent> = {}): OpenEvent {
  return { type: 'open', spanId: id(n), name: `s${n}`, spanType: 'tool', startUs: n * 10, ...rest };
}

function treeOf(...events: TraceEvent[]): RunTree {
  const tree = new RunTree(TRACE, { undo: true });
  for (const event of events) tree.apply(event);
  return tree;
}

describe('RunTree.rewind', () => {
  it('[TR2] lets a child be an orphan again, until its parent comes once more', () => {
    const child = open(2, { parentSpanId: id(1) });
    const tree = treeOf(child, open(1));
    expect(tree.roots[0]?.children).toHaveLength(1);
    tree.rewind(1);
    expect(tree.roots).toEqual([expect.objectContaining({ name: 's2', orphan: true })]);
    expect(tree.get(id(1))).toBeUndefined();
    tree.apply(open(1));
    expect(tree.roots).toEqual([expect.objectContaining({ name: 's1' })]);
    expect(tree.get(id(2))).toMatchObject({ orphan: false });
  });

  it('[TR4] puts a span that moved back among its siblings', () => {
    const tree = treeOf(
      open(1),
      open(2, { parentSpanId: id(1), startUs: 50 }),
      open(3, { parentSpanId: id(1), startUs: 50 }),
      open(4, { parentSpanId: id(1), startUs: 40 }),
      open(2, { parentSpanId: id(4), startUs: 45, revision: 1 }),
    );
    const names = (): unknown => tree.roots[0]?.children.map(({ name }) => name);
    expect(names()).toEqual(['s4', 's3']);
    tree.rewind(1);
    expect(names()).toEqual(['s4', 's2', 's3']);
    tree.rewind(1);
    expect(names()).toEqual(['s2', 's3']);
  });

  it('[TR7] takes away the text that filled a hole let in, and no more', () => {
    const delta = (seq: number, outputDelta: string): TraceEvent => ({
      type: 'update',
      spanId: id(1),
      seq,
      outputDelta,
    });
    const tree = treeOf(open(1), delta(0, 'a'), delta(3, 'd'), delta(2, 'c'), delta(1, 'b'));
    const text = (): unknown => tree.get(id(1))?.outputText;
    expect(text()).toBe('abcd');
    tree.rewind(1);
    expect(text()).toBe('a');
    tree.apply({ type: 'close', spanId: id(1), endUs: 30, status: 'ok' });
    expect(tree.get(id(1))?.outputComplete).toBe(false);
    tree.apply(delta(1, 'B'));
    expect(text()).toBe('aBcd');
    expect(tree.get(id(1))?.outputComplete).toBe(true);
  });

  it('[TR5, TR6] gives back what a contradicting update had replaced', () => {
    const named = (name: string): TraceEvent => ({ type: 'update', spanId: id(1), seq: 0, name });
    const tree = treeOf(open(1), named('second'), named('first'));
    expect(tree.get(id(1))?.name).toBe('first');
    tree.rewind(1);
    expect(tree.get(id(1))?.name).toBe('second');
    tree.rewind(1);
    expect(tree.get(id(1))?.name).toBe('s1');
  });

  it('[TR8, TR9] opens and loses spans again, and counts', () => {
    const tree = treeOf(
      open(1),
      { type: 'close', spanId: id(1), endUs: 20, status: 'unset', reason: 'lost' },
      { type: 'close', spanId: id(1), endUs: 30, status: 'error', dropped: { events: 2 } },
    );
    const facts = (): unknown => [
      tree.get(id(1))?.state,
      tree.openCount,
      tree.errorCount,
      tree.dropped.events,
    ];
    expect(facts()).toEqual(['closed', 0, 1, 2]);
    tree.rewind(1);
    expect(facts()).toEqual(['lost', 0, 0, 0]);
    tree.rewind(1);
    expect(facts()).toEqual(['open', 1, 0, 0]);
    tree.rewind(1);
    expect(tree.spanCount).toBe(0);
    expect(facts()).toEqual([undefined, 0, 0, 0]);
  });

  it('makes attributes that were read before another object', () => {
    const tree = treeOf(open(1, { attributes: { a: 1 } }));
    tree.apply({ type: 'update', spanId: id(1), seq: 0, attributes: { a: 2 } });
    const before = tree.get(id(1))?.attributes;
    tree.rewind(1);
    expect({ ...tree.get(id(1))?.attributes }).toEqual({ a: 1 });
    tree.apply({ type: 'update', spanId: id(1), seq: 0, attributes: { a: 2 } });
    expect(tree.get(id(1))?.attributes).not.toBe(before);
  });

  it('counts events that changed nothing, and grows the version with each that did', () => {
    const tree = treeOf(open(1), open(1), open(2));
    expect(tree.version).toBe(2);
    tree.rewind(2);
    expect(treeToJson(tree)).toEqual(treeToJson(treeOf(open(1))));
    expect(tree.version).toBe(3);
    tree.rewind(0);
    expect(tree.version).toBe(3);
  });

  it('refuses to go back behind its beginning, and without a journal', () => {
    const tree = treeOf(open(1));
    expect(() => tree.rewind(2)).toThrow(RangeError);
    expect(tree.spanCount).toBe(1);
    expect(() => new RunTree(TRACE).rewind(1)).toThrow(/without `undo`/);
  });

  it('[TR10] takes back 100,000 updates of one span, read now and then', () => {
    const tree = treeOf(open(1));
    for (let seq = 0; seq < 100_000; seq++)
      tree.apply({ type: 'update', spanId: id(1), seq, outputDelta: `${seq} ` });
    const whole = tree.get(id(1))?.outputText ?? '';
    for (let left = 100_000; left > 0; left -= 1_000) {
      const text = tree.get(id(1))?.outputText ?? '';
      expect(text.endsWith(`${left - 1} `)).toBe(true);
      expect(whole.startsWith(text)).toBe(true);
      tree.rewind(1_000);
    }
    expect(tree.get(id(1))?.outputText).toBe('');
  });
});
