import {
  BESIDE_SEQ,
  RunTree,
  treeToJson,
  type OpenEvent,
  type TraceEvent,
} from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { textPayload } from '../../support/span-tree.ts';

const TRACE = 'a'.repeat(32);
const id = (n: number): string => n.toString(16).padStart(16, '0');

function open(n: number, rest: Partial<OpenEvent> = {}): OpenEvent {
  return { type: 'open', spanId: id(n), name: `s${n}`, spanType: 'tool', startUs: n * 10, ...rest };
}

function treeOf(...events: TraceEvent[]): RunTree {
  const tree = new RunTree(TRACE);
  for (const event of events) tree.apply(event);
  return tree;
}

const names = (nodes: readonly { name: string }[]): string[] => nodes.map((node) => node.name);

describe('RunTree', () => {
  it('[TR2] keeps an orphan as a root until its parent comes', () => {
    const tree = treeOf(open(2, { parentSpanId: id(1) }));
    expect(tree.roots[0]).toMatchObject({ name: 's2', orphan: true });
    tree.apply(open(1));
    expect(names(tree.roots)).toEqual(['s1']);
    expect(tree.roots[0]?.children[0]).toMatchObject({ name: 's2', orphan: false });
  });

  it('[TR3] cuts a circle of parents at its earliest span', () => {
    const circle = [
      open(3, { parentSpanId: id(2) }),
      open(1, { parentSpanId: id(3) }),
      open(2, { parentSpanId: id(1) }),
      open(9, { parentSpanId: id(9) }),
    ];
    for (const events of [circle, circle.toReversed()]) {
      const tree = treeOf(...events);
      expect(names(tree.roots)).toEqual(['s1', 's9']);
      expect(tree.roots[0]?.orphan).toBe(true);
      expect(tree.roots[0]?.children[0]?.children[0]?.name).toBe('s3');
      expect([...tree.walk()]).toHaveLength(4);
    }
  });

  it('[TR4] orders siblings by start, ties by the log, unknown starts last', () => {
    const tree = treeOf(
      open(1),
      { type: 'update', spanId: id(8), seq: 0, name: 'no start' },
      open(5, { parentSpanId: id(1), startUs: 500 }),
      open(4, { parentSpanId: id(1), startUs: 400 }),
      open(3, { parentSpanId: id(1), startUs: 400 }),
    );
    expect(names(tree.roots)).toEqual(['s1', 'no start']);
    expect(names(tree.roots[0]?.children ?? [])).toEqual(['s4', 's3', 's5']);
  });

  it('[TR5] believes the highest revision of a span, whenever it comes', () => {
    const snapshots: TraceEvent[] = [
      open(1, { revision: 1, name: 'early', attributes: { a: 1, only: 'early' } }),
      open(1, { revision: 127, startUs: 20, spanType: 'model', attributes: { a: 2 } }),
      open(1, { revision: 2, startUs: 5, logs: [{ timeUs: 1, message: 'seen' }] }),
      open(1, { startUs: 1 }),
      { type: 'close', spanId: id(1), endUs: 30, status: 'ok' },
    ];
    for (const events of [snapshots, snapshots.toReversed()]) {
      const span = treeOf(...events).roots[0];
      expect(span).toMatchObject({ name: 's1', spanType: 'model', startUs: 20, state: 'closed' });
      expect({ ...span?.attributes }).toEqual({ a: 2 });
      expect(span?.logs).toEqual([]);
    }
  });

  it('[TR5, TR8] lets a late close repair a lost span', () => {
    const lost: TraceEvent = {
      type: 'close',
      spanId: id(1),
      endUs: 999,
      status: 'unset',
      reason: 'lost',
    };
    const tree = treeOf(open(1), lost);
    expect(tree.get(id(1))?.state).toBe('lost');
    tree.apply({ type: 'close', spanId: id(1), endUs: 500, status: 'ok' });
    tree.apply(lost);
    expect(tree.get(id(1))).toMatchObject({ state: 'closed', endUs: 500, status: 'ok' });
    expect(tree.openCount).toBe(0);
  });

  it('[TR8] counts what is open, unknown and failed', () => {
    const tree = treeOf(open(1), { type: 'update', spanId: id(2), seq: 0, outputDelta: 'x' });
    expect(tree.openCount).toBe(2);
    expect(tree.get(id(2))?.state).toBe('unknown');
    tree.apply({ type: 'close', spanId: id(1), endUs: 20, status: 'error' });
    expect([tree.openCount, tree.errorCount, tree.spanCount]).toEqual([1, 1, 2]);
  });

  it('[TR6] merges attributes, and lets the latest update name the span', () => {
    const tree = treeOf(
      open(1, { attributes: { a: 1, b: 1 } }),
      { type: 'update', spanId: id(1), seq: 1, attributes: { b: 3 }, name: 'second' },
      { type: 'update', spanId: id(1), seq: 0, attributes: { b: 2, c: 2 }, name: 'first' },
      { type: 'close', spanId: id(1), endUs: 20, status: 'ok', attributes: { d: 4 } },
    );
    const span = tree.get(id(1));
    expect(span?.name).toBe('second');
    expect({ ...span?.attributes }).toEqual({ a: 1, b: 3, c: 2, d: 4 });
  });

  it('[TR7] waits for a missing delta, and knows that the output is not complete', () => {
    const tree = treeOf(
      open(1),
      { type: 'update', spanId: id(1), seq: 0, outputDelta: 'a' },
      { type: 'update', spanId: id(1), seq: 2, outputDelta: 'c' },
      { type: 'close', spanId: id(1), endUs: 20, status: 'ok' },
    );
    expect(tree.get(id(1))).toMatchObject({ outputText: 'a', outputComplete: false });
    tree.apply({ type: 'update', spanId: id(1), seq: 1, outputDelta: 'b' });
    expect(tree.get(id(1))).toMatchObject({ outputText: 'abc', outputComplete: true });
  });

  it('[TR7] takes what others say of a span beside its own updates', () => {
    const beside = BESIDE_SEQ + 5;
    const said = (text: string) => textPayload(text);
    const tree = treeOf(
      open(1),
      { type: 'update', spanId: id(1), seq: beside + 1, output: said('newer') },
      { type: 'update', spanId: id(1), seq: beside, output: said('older'), outputDelta: 'x' },
      { type: 'update', spanId: id(1), seq: 0, outputDelta: 'a' },
      { type: 'close', spanId: id(1), endUs: 20, status: 'ok' },
    );
    expect(tree.get(id(1))).toMatchObject({
      outputText: 'a',
      outputComplete: true,
      output: { preview: 'newer' },
    });
    tree.apply({ type: 'close', spanId: id(1), endUs: 21, status: 'ok', output: said('its own') });
    expect(tree.get(id(1))?.output?.preview).toBe('its own');
  });

  it('[TR9] counts a loss once however often its event comes', () => {
    const event: TraceEvent = { ...open(1), dropped: { payloads: 2, updates: 3 } };
    const tree = treeOf(event, structuredClone(event), event);
    expect(tree.dropped).toEqual({ events: 0, payloads: 2, updates: 3 });
    expect(tree.version).toBe(1);
  });

  it('[TR10] is not harmed by hostile names, depth or length', () => {
    const attributes = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2}') as Record<
      string,
      string
    >;
    const tree = treeOf(open(1, { attributes }));
    expect('polluted' in {}).toBe(false);
    expect(Object.keys(tree.get(id(1))?.attributes ?? {}).toSorted()).toEqual([
      '__proto__',
      'constructor',
    ]);
    const deep = treeOf(
      ...Array.from({ length: 10_000 }, (_, i) =>
        open(i + 1, i === 0 ? {} : { parentSpanId: id(i) }),
      ).reverse(),
    );
    expect(treeToJson(deep).spans.at(-1)?.depth).toBe(9_999);
    const long = treeOf(
      open(1),
      ...Array.from({ length: 100_000 }, (_, seq): TraceEvent => ({
        type: 'update',
        spanId: id(1),
        seq,
        outputDelta: 'x',
      })),
    );
    expect(long.get(id(1))?.outputText).toHaveLength(100_000);
  });
});
