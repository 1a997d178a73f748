import type { RunTree, SpanNode } from '@spantail/protocol';

/** One line of the tree view: a span, or how many spans a fold hides. */
export type Row =
  | { kind: 'span'; span: SpanNode; indent: string }
  | { kind: 'hidden'; count: number; indent: string };

interface Placed {
  span: SpanNode;
  depth: number;
  indent: string;
}

/**
 * Chooses what of the tree is shown in `most` rows. Open spans and the way to them come first, then
 * what ended last, then failures; everything else folds into "⋮ n more" where it was. Order on the
 * screen is always the tree's.
 */
export function pickRows(tree: RunTree, most: number): Row[] {
  const placed = place(tree);
  if (placed.length <= most)
    return placed.map(({ span, indent }) => ({ kind: 'span', span, indent }));

  const parents = new Map(placed.map((one) => [one.span.spanId, one]));
  const ranked = placed.toSorted((a, b) => rank(b.span) - rank(a.span));
  const chosen = new Set<SpanNode>();
  for (const { span } of ranked) {
    const path = pathOf(span, parents).filter((node) => !chosen.has(node));
    // Each run of hidden spans costs a line too; counting again is cheap enough for a screen.
    const next = new Set([...chosen, ...path]);
    if (rowCount(placed, next) > most) {
      if (chosen.size > 0) break;
      continue;
    }
    for (const node of path) chosen.add(node);
  }
  return fold(placed, chosen).slice(0, Math.max(0, most));
}

/** Depth first, with the lines that draw the tree. Iterative: depth is the agent's choice. */
function place(tree: RunTree): Placed[] {
  const placed: Placed[] = [];
  type Step = { span: SpanNode; depth: number; lead: string; last: boolean };
  const stack: Step[] = tree.roots
    .map((span) => ({ span, depth: 0, lead: '', last: true }))
    .reverse();
  for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
    const { span, depth, lead, last } = step;
    const branch = depth === 0 ? '' : last ? '└─ ' : '├─ ';
    // Far below, a deeper indent only pushes the name off the screen.
    const shown = lead.length > MOST_INDENT ? `${lead.slice(0, MOST_INDENT)}…` : lead;
    placed.push({ span, depth, indent: shown + branch });
    const below = depth === 0 ? '' : lead + (last ? '   ' : '│  ');
    const { children } = span;
    for (let i = children.length - 1; i >= 0; i--) {
      const child = children[i];
      if (child !== undefined)
        stack.push({ span: child, depth: depth + 1, lead: below, last: i === children.length - 1 });
    }
  }
  return placed;
}

const MOST_INDENT = 36;

function rank(span: SpanNode): number {
  if (span.state === 'open' || span.state === 'unknown') return Number.MAX_SAFE_INTEGER;
  const failed = span.status === 'error' || span.state === 'lost';
  // A failure stays in sight about ten seconds longer than a success of the same age.
  return (span.endUs ?? 0) + (failed ? 10_000_000 : 0);
}

function pathOf(span: SpanNode, parents: Map<string, Placed>): SpanNode[] {
  const path = [span];
  let at: SpanNode | undefined = span;
  while (at?.parentSpanId !== undefined) {
    at = parents.get(at.parentSpanId)?.span;
    if (at === undefined || path.includes(at)) break;
    path.push(at);
  }
  return path;
}

function rowCount(placed: Placed[], chosen: Set<SpanNode>): number {
  let rows = 0;
  let hiding = false;
  for (const { span } of placed) {
    const shown = chosen.has(span);
    if (shown || !hiding) rows++;
    hiding = !shown;
  }
  return rows;
}

function fold(placed: Placed[], chosen: Set<SpanNode>): Row[] {
  const rows: Row[] = [];
  for (const { span, indent } of placed) {
    const last = rows.at(-1);
    if (chosen.has(span)) rows.push({ kind: 'span', span, indent });
    else if (last?.kind === 'hidden') last.count++;
    else rows.push({ kind: 'hidden', count: 1, indent: indent.replace(/[├└]─ $/, '│  ') });
  }
  return rows;
}
