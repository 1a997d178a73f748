import type { RunTree } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import {
  ALL_UNFOLDED,
  foldBelow,
  isFolded,
  setFolded,
  type Fold,
} from '../../../../dashboard/src/tree/fold.ts';
import { Outline } from '../../../../dashboard/src/tree/outline.ts';
import {
  keepWithPaths,
  nextRow,
  rowOf,
  spanAt,
  visibleRows,
} from '../../../../dashboard/src/tree/visible-rows.ts';
import { spanOf, treeOf } from './make-tree.ts';

const tree: RunTree = treeOf([
  { id: 'root', from: 0, to: 100 },
  { id: 'a', below: 'root', from: 1, to: 50 },
  { id: 'a1', below: 'a', from: 2, to: 10 },
  { id: 'a2', below: 'a', from: 11, to: 40, failed: true },
  { id: 'a21', below: 'a2', from: 12, to: 13 },
  { id: 'b', below: 'root', from: 60, to: 90 },
  { id: 'b1', below: 'b', from: 61, to: 62 },
]);
const outline = new Outline(tree);
outline.refresh(() => 0);

function shown(fold: Fold, kept?: Uint8Array): string {
  const rows = visibleRows(outline, fold, kept);
  return Array.from({ length: rows.count }, (_, row) => spanAt(rows, row)?.spanId).join(' ');
}

describe('rows of a tree', () => {
  it('are all spans, but what is folded', () => {
    expect(shown(ALL_UNFOLDED)).toBe('root a a1 a2 a21 b b1');
    expect(shown(foldBelow(0))).toBe('root');
    expect(shown(foldBelow(1))).toBe('root a b');
    expect(shown(setFolded(foldBelow(1), [{ spanId: 'b', depth: 1 }], false))).toBe('root a b b1');
    expect(shown(setFolded(ALL_UNFOLDED, [{ spanId: 'a', depth: 1 }], true))).toBe('root a b b1');
  });

  it('fold what is yet to come by its depth', () => {
    expect(isFolded(foldBelow(2), 'later', 1)).toBe(false);
    expect(isFolded(foldBelow(2), 'later', 2)).toBe(true);
  });

  it('stay the same object when nothing is folded otherwise', () => {
    expect(setFolded(ALL_UNFOLDED, [{ spanId: 'a', depth: 1 }], false)).toBe(ALL_UNFOLDED);
  });

  it('are what passes a filter with everything above it, folded or not', () => {
    const kept = keepWithPaths(outline, ({ spanId }) => spanId === 'a21' || spanId === 'b');
    expect(shown(foldBelow(0), kept)).toBe('root a a2 a21 b');
    expect(
      shown(
        ALL_UNFOLDED,
        keepWithPaths(outline, () => false),
      ),
    ).toBe('');
  });

  it('tell the row of a span; of one that is folded away, of what it is in', () => {
    const rows = visibleRows(outline, foldBelow(1));
    expect(rowOf(rows, spanOf(tree, 'b'))).toBe(2);
    expect(rowOf(rows, spanOf(tree, 'a21'))).toBe(1);
    expect(rowOf(rows, undefined)).toBe(-1);
    expect(spanAt(rows, 3)).toBeUndefined();
  });

  it('are gone round in both directions', () => {
    const even = (row: number): boolean => row % 2 === 0;
    expect(nextRow(5, 4, 1, even)).toBe(0);
    expect(nextRow(5, 0, -1, even)).toBe(4);
    expect(nextRow(5, -1, 1, even)).toBe(0);
    expect(nextRow(0, 0, 1, even)).toBe(-1);
    expect(nextRow(3, 1, 1, () => false)).toBe(-1);
  });
});
