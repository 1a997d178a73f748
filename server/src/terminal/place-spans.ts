import type { RunTree, SpanNode } from '@spantail/protocol';

/** A span at its place on the screen, counted from the top of the whole tree. */
export interface Placed {
  span: SpanNode;
  depth: number;
  /** Place of its parent; -1 for a root. */
  parent: number;
  /** The lines of the tree that lead to it. */
  lead: string;
  branch: string;
}

/**
 * The tree depth first, with the lines that draw it. Iterative, and with an indent of at most
 * `mostIndent` columns: depth is the agent's choice, and deeper indents only push names off the
 * screen.
 */
export function placeSpans(tree: RunTree, mostIndent: number): Placed[] {
  const placed: Placed[] = [];
  type Step = { span: SpanNode; depth: number; parent: number; lead: string; last: boolean };
  const stack: Step[] = [];
  const push = (spans: readonly SpanNode[], depth: number, parent: number, lead: string): void => {
    for (let i = spans.length - 1; i >= 0; i--) {
      const span = spans[i];
      if (span !== undefined)
        stack.push({ span, depth, parent, lead, last: i === spans.length - 1 });
    }
  };
  push(tree.roots, 0, -1, '');
  for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
    const { span, depth, parent, lead, last } = step;
    const branch = depth === 0 ? '' : last ? '└─ ' : '├─ ';
    placed.push({ span, depth, parent, lead, branch });
    push(
      span.children,
      depth + 1,
      placed.length - 1,
      depth === 0 ? '' : leadBelow(lead, last, mostIndent),
    );
  }
  return placed;
}

function leadBelow(lead: string, last: boolean, mostIndent: number): string {
  if (lead.endsWith('… ')) return lead;
  return lead.length + 3 > mostIndent ? `${lead}… ` : lead + (last ? '   ' : '│  ');
}
