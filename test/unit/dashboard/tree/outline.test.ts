import { RunTree } from '@spantail/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BELOW, FINE, ITSELF } from '../../../../dashboard/src/tree/outline-columns.ts';
import { Outline } from '../../../../dashboard/src/tree/outline.ts';
import { generateRun } from '../../../support/generate-run.ts';
import { eventsOf, treeOf } from './make-tree.ts';

/** A clock that stands, so that making it never asks for a rest. */
const standing = (): number => 0;

function outlineOf(tree: RunTree): Outline {
  const outline = new Outline(tree);
  outline.refresh(standing);
  return outline;
}

/** What the columns must be, from the tree alone. */
function expected(tree: RunTree): unknown {
  const walked = [...tree.walk()];
  return walked.map(({ span, depth }, i) => {
    let end = i + 1;
    while (end < walked.length && (walked[end]?.depth ?? 0) > depth) end++;
    const failed = (at: number): boolean =>
      walked[at]?.span.status === 'error' || walked[at]?.span.state === 'lost';
    let trouble: number = failed(i) ? ITSELF : FINE;
    for (let at = i + 1; at < end && trouble === FINE; at++) if (failed(at)) trouble = BELOW;
    return [span.spanId, depth, end, span.startUs ?? Number.NaN, span.endUs ?? Number.NaN, trouble];
  });
}

function columnsOf({ columns }: Outline): unknown {
  const { spans, depths, ends, startsUs, endsUs, trouble } = columns;
  return spans.map((span, i) => [
    span.spanId,
    depths[i],
    ends[i],
    startsUs[i],
    endsUs[i],
    trouble[i],
  ]);
}

describe('the outline of a run', () => {
  it('is the tree depth first, however the run grew while it was made again and again', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.integer({ min: 1, max: 9 }), (seed, every) => {
        const { traceId, events } = generateRun(seed, { spans: 40 });
        const tree = new RunTree(traceId);
        const outline = new Outline(tree);
        for (const [i, event] of events.entries()) {
          tree.apply(event);
          if (i % every !== 0) continue;
          outline.refresh(standing);
          expect(columnsOf(outline)).toEqual(expected(tree));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('knows the earliest, the newest and the open span that started last', () => {
    const outline = outlineOf(
      treeOf([
        { id: 'root', from: 100 },
        { id: 'done', below: 'root', from: 120, to: 900 },
        { id: 'open', below: 'root', from: 300 },
      ]),
    );
    expect([outline.startUs, outline.newestUs, outline.newestOpen?.spanId]).toEqual([
      100,
      900,
      'open',
    ]);
  });

  it('knows what a run does or did last: a hanging step, else the step that started last', () => {
    const lines = [
      { id: 'root', from: 100 },
      { id: 'done', below: 'root', from: 120, to: 130 },
      { id: 'last', below: 'root', from: 140, to: 150 },
    ];
    expect(outlineOf(treeOf(lines)).newest?.spanId).toBe('last');
    const hanging = { id: 'hanging', below: 'root', from: 135 };
    expect(outlineOf(treeOf([...lines, hanging])).newest?.spanId).toBe('hanging');
  });

  it('reads once more what it took over, when the run is quiet', () => {
    const tree = treeOf([{ id: 'root', from: 1, to: 2 }]);
    const outline = outlineOf(tree);
    // A span that had ended is known better: rare, and not looked for while others come.
    for (const event of eventsOf([
      { id: 'root', from: 1, to: 2, more: { startUs: 0, revision: 9 } },
    ]))
      tree.apply(event);
    for (const event of eventsOf([{ id: 'new', below: 'root', from: 3 }])) tree.apply(event);
    outline.refresh(standing);
    expect(outline.waitMs(0)).toBeGreaterThan(0);
    expect(outline.waitMs(0)).toBeLessThan(Number.POSITIVE_INFINITY);
    outline.refresh(() => 10_000);
    expect(columnsOf(outline)).toEqual(expected(tree));
    expect(outline.waitMs(20_000)).toBe(Number.POSITIVE_INFINITY);
  });

  it('rests after it was made, for longer than that took', () => {
    const tree = treeOf([{ id: 'root', from: 1 }]);
    const outline = new Outline(tree);
    let nowMs = 0;
    outline.refresh(() => (nowMs += 10));
    for (const event of eventsOf([{ id: 'next', from: 2 }])) tree.apply(event);
    expect(outline.waitMs(nowMs)).toBe(60);
    outline.refresh(() => nowMs);
    expect(outline.spans).toHaveLength(1);
    outline.refresh(() => nowMs + 60);
    expect(outline.spans).toHaveLength(2);
  });

  it('of a large run is made in slices while the run grows, and shown when it is whole', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(2_000), (seed, apart) => {
        const { traceId, events } = generateRun(seed, { spans: 4_000 });
        // Some come too late, so that children come in between, and parents after their children.
        const late = events.filter((_, i) => i % 700 === 13);
        const order = events.filter((_, i) => i % 700 !== 13);
        order.splice(order.length - apart, 0, ...late);
        const tree = new RunTree(traceId);
        const begun = Math.floor(order.length * 0.7);
        for (const event of order.slice(0, begun)) tree.apply(event);
        const outline = outlineOf(tree);
        const shown = outline.spans.length;
        expect(outline.isLarge).toBe(true);
        let slices = 0;
        for (let i = begun; i < order.length; i += 40) {
          for (const event of order.slice(i, i + 40)) tree.apply(event);
          slices++;
          if (!outline.prepare(0, standing)) continue;
          outline.refresh(standing);
          const { spans } = outline;
          expect(new Set(spans).size).toBe(spans.length);
          expect(spans.length).toBeGreaterThanOrEqual(shown);
          expect(spans.length).toBeLessThanOrEqual(tree.spanCount);
        }
        expect(slices).toBeGreaterThan(outline.revision);
        for (const nowMs of [10_000, 20_000]) {
          outline.prepare(Number.POSITIVE_INFINITY, () => nowMs);
          outline.refresh(() => nowMs);
        }
        expect(columnsOf(outline)).toEqual(expected(tree));
      }),
      { numRuns: 6 },
    );
  });
});
