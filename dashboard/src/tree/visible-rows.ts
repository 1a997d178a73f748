import type { SpanNode } from '@spantail/protocol';
import { isFolded, type Fold } from './fold.ts';
import type { Outline } from './outline.ts';

/** The rows of a tree, top to bottom: indices into its outline, ascending. */
export interface VisibleRows {
  outline: Outline;
  count: number;
  /** Only the first `count` count. */
  indices: Readonly<Uint32Array>;
}

/**
 * One pass over what is shown: what is folded is stepped over. With `kept`, only the spans it marks
 * are rows, folded or not; a span that is kept has all above it kept.
 */
export function visibleRows(outline: Outline, fold: Fold, kept?: Uint8Array): VisibleRows {
  const { spans, depths, ends } = outline.columns;
  const indices = new Uint32Array(spans.length);
  const noneFolded = kept !== undefined || (fold.depth === undefined && fold.flipped.size === 0);
  let count = 0;
  for (let i = 0; i < spans.length;) {
    if (kept !== undefined && kept[i] !== 1) {
      i = ends[i] ?? spans.length;
      continue;
    }
    indices[count++] = i;
    const span = spans[i];
    const folded = !noneFolded && span !== undefined && isFolded(fold, span.spanId, depths[i] ?? 0);
    i = folded ? (ends[i] ?? spans.length) : i + 1;
  }
  return { outline, count, indices };
}

/** Marks those that pass, and everything above them. */
export function keepWithPaths(outline: Outline, passes: (span: SpanNode) => boolean): Uint8Array {
  const { spans, depths } = outline.columns;
  const kept = new Uint8Array(spans.length);
  let rising = 0;
  for (let i = spans.length - 1; i >= 0; i--) {
    const depth = depths[i] ?? 0;
    const span = spans[i];
    if (depth < rising) {
      kept[i] = 1;
      rising = depth;
    } else if (span !== undefined && passes(span)) {
      kept[i] = 1;
      rising = depth;
    }
  }
  return kept;
}

export function spanAt(rows: VisibleRows, row: number): SpanNode | undefined {
  const index = row < 0 || row >= rows.count ? undefined : rows.indices[row];
  return index === undefined ? undefined : rows.outline.spans[index];
}

/** The row of a span; of one that is folded away, the row it is folded into; else -1. */
export function rowOf(rows: VisibleRows, span: SpanNode | undefined): number {
  const index = span === undefined ? -1 : rows.outline.indexOf(span);
  if (index < 0) return -1;
  let low = 0;
  let high = rows.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows.indices[middle] ?? 0) <= index) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The next row from `row` on, in one direction and round the end, whose span passes. */
export function nextRow(
  count: number,
  row: number,
  step: 1 | -1,
  passes: (row: number) => boolean,
): number {
  for (let i = 1; i <= count; i++) {
    const at = (((row + step * i) % count) + count) % count;
    if (passes(at)) return at;
  }
  return -1;
}
