import type { SpanId, SpanNode } from '@spantail/protocol';

/** What of a tree says where a span stands in it. */
export interface Family {
  roots: readonly SpanNode[];
  get(spanId: SpanId): SpanNode | undefined;
}

export interface SiblingPlace {
  /** From 1. */
  position: number;
  /** How many there are; -1 while more may come, which assistive technology takes for "not known". */
  count: number;
}

/**
 * Where spans stand among their siblings, asked for in the order of rows: only the first of each
 * family is looked for, the others stand behind the one before.
 *
 * @param isOver no more roots come
 */
export function siblingPlaces(
  tree: Family | undefined,
  isOver: boolean,
): (span: SpanNode) => SiblingPlace {
  const last = new Map<readonly SpanNode[], number>();
  return (span) => {
    const parent =
      span.parentSpanId === undefined || span.orphan ? undefined : tree?.get(span.parentSpanId);
    const siblings = parent?.children ?? tree?.roots ?? [];
    const next = (last.get(siblings) ?? -1) + 1;
    const at = siblings[next] === span ? next : siblings.indexOf(span);
    last.set(siblings, at);
    // Told as it grows, each that comes would draw all its siblings anew.
    const isGrowing =
      parent === undefined ? !isOver : parent.state === 'open' || parent.state === 'unknown';
    return { position: at + 1, count: isGrowing ? -1 : siblings.length };
  };
}
