import type { WatchedSpan, WatchedTree } from '@spantail/client';

/** From the root down to the span's parent. Parents may go round in a circle. */
export function pathToRoot(tree: WatchedTree, span: WatchedSpan): WatchedSpan[] {
  const path: WatchedSpan[] = [];
  const seen = new Set<WatchedSpan>([span]);
  let at = parentOf(tree, span);
  while (at !== undefined && !seen.has(at)) {
    seen.add(at);
    path.push(at);
    at = parentOf(tree, at);
  }
  return path.reverse();
}

function parentOf(tree: WatchedTree, { parentSpanId }: WatchedSpan): WatchedSpan | undefined {
  return parentSpanId === undefined ? undefined : tree.get(parentSpanId);
}
