import type { SpanNode } from '@spantail/protocol';

/** All that was found, in the order of the rows: which one is shown is told by its place among them. */
export function inOrder(
  spans: readonly SpanNode[],
  here: ReadonlySet<SpanNode>,
  more: readonly SpanNode[],
): Set<SpanNode> {
  const all = new Set([...here, ...more]);
  if (all.size === here.size) return all;
  const ordered = new Set(spans.filter((span) => all.has(span)));
  // Of those that are in no row yet the order is not known.
  for (const span of all) ordered.add(span);
  return ordered;
}
