import { describe, expect, it } from 'vitest';
import { criticalPath } from '../../../../dashboard/src/waterfall/critical-path.ts';
import { selfTimeUs } from '../../../../dashboard/src/format/self-time.ts';
import { spanOf, treeOf, type Line } from '../tree/make-tree.ts';

function pathOf(lines: Line[], nowUs = 1_000): string[] {
  const tree = treeOf(lines);
  return criticalPath(spanOf(tree, 'root'), nowUs)
    .map(({ span, fromUs, toUs }) => ({ text: `${span.name} ${fromUs}-${toUs}`, fromUs }))
    .sort((a, b) => a.fromUs - b.fromUs)
    .map(({ text }) => text);
}

describe('the critical path', () => {
  it('goes through what ended last before, and covers the run without a hole', () => {
    expect(
      pathOf([
        { id: 'root', from: 0, to: 100 },
        { id: 'a', below: 'root', from: 10, to: 40 },
        { id: 'quick', below: 'root', from: 15, to: 30 },
        { id: 'b', below: 'root', from: 50, to: 90 },
        { id: 'b1', below: 'b', from: 60, to: 80 },
      ]),
    ).toEqual([
      'root 0-10',
      'a 10-40',
      'root 40-50',
      'b 50-60',
      'b1 60-80',
      'b 80-90',
      'root 90-100',
    ]);
  });

  it('goes to now where a span is open, and cuts what outlives its parent', () => {
    expect(
      pathOf(
        [
          { id: 'root', from: 0 },
          { id: 'a', below: 'root', from: 10 },
        ],
        50,
      ),
    ).toEqual(['root 0-10', 'a 10-50']);
    expect(
      pathOf([
        { id: 'root', from: 0, to: 30 },
        { id: 'late', below: 'root', from: 20, to: 99 },
      ]),
    ).toEqual(['root 0-20', 'late 20-30']);
  });
});

describe('own time', () => {
  it('is what nothing below covers; what overlaps counts once', () => {
    const tree = treeOf([
      { id: 'root', from: 0, to: 100 },
      { id: 'a', below: 'root', from: 10, to: 40 },
      { id: 'b', below: 'root', from: 20, to: 50 },
      { id: 'beyond', below: 'root', from: 90, to: 500 },
    ]);
    expect(selfTimeUs(spanOf(tree, 'root'), 1_000)).toBe(50);
    expect(selfTimeUs(spanOf(tree, 'a'), 1_000)).toBe(30);
  });

  it('goes on while it is open', () => {
    const tree = treeOf([{ id: 'root', from: 100 }]);
    expect(selfTimeUs(spanOf(tree, 'root'), 160)).toBe(60);
    expect(selfTimeUs(spanOf(tree, 'root'), 50)).toBe(0);
  });
});
