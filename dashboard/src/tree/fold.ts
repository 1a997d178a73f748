import type { SpanId } from '@spantail/protocol';

/**
 * What is folded: every span as deep as `depth` or deeper, and of those in `flipped` the contrary.
 * Spans that are yet to come have their place in it.
 */
export interface Fold {
  depth: number | undefined;
  flipped: ReadonlySet<SpanId>;
}

export const ALL_UNFOLDED: Fold = { depth: undefined, flipped: new Set() };

/** Only so many levels below the roots are shown. */
export function foldBelow(depth: number): Fold {
  return { depth, flipped: new Set() };
}

export function isFolded({ depth, flipped }: Fold, spanId: SpanId, spanDepth: number): boolean {
  const byDepth = depth !== undefined && spanDepth >= depth;
  return flipped.size === 0 ? byDepth : flipped.has(spanId) !== byDepth;
}

/** The others stay as they are. */
export function setFolded(
  fold: Fold,
  spans: Iterable<{ spanId: SpanId; depth: number }>,
  folded: boolean,
): Fold {
  let flipped: Set<SpanId> | undefined;
  for (const { spanId, depth } of spans) {
    if (isFolded(fold, spanId, depth) === folded) continue;
    flipped ??= new Set(fold.flipped);
    if (!flipped.delete(spanId)) flipped.add(spanId);
  }
  return flipped === undefined ? fold : { depth: fold.depth, flipped };
}
