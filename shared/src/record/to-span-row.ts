import type { RunTree } from '../tree/run-tree.ts';
import type { SpanNode } from '../tree/span-node.ts';
import { factsOf, type SpanFacts } from './span-facts.ts';
import type { SpanRow } from './span-row.ts';

/** What spans say themselves; whoever makes many rows of one tree keeps it between them. */
export type FactsOf = (node: SpanNode) => SpanFacts;

/** What a span has from those above it where it says nothing itself. */
export interface Inherited {
  agent?: string;
  sessionId?: string;
  userId?: string;
}

const INHERITED = ['agent', 'sessionId', 'userId'] as const satisfies (keyof Inherited)[];

/** The span's own words, else those of the nearest span above it that has some. */
export function inheritedOf(tree: RunTree, node: SpanNode, facts: FactsOf = factsOf): Inherited {
  const found: Inherited = {};
  const seen = new Set<SpanNode>();
  let at: SpanNode | undefined = node;
  // Parents may go round in a circle.
  while (at !== undefined && !seen.has(at)) {
    seen.add(at);
    const own = facts(at);
    let complete = true;
    for (const field of INHERITED) {
      const value = found[field] ?? own[field];
      if (value === undefined) complete = false;
      else found[field] = value;
    }
    if (complete) break;
    at = at.parentSpanId === undefined ? undefined : tree.get(at.parentSpanId);
  }
  return found;
}

/** A span of a tree as it is kept. */
export function toSpanRow(tree: RunTree, node: SpanNode, facts: FactsOf = factsOf): SpanRow {
  const { spanId, parentSpanId, name, spanType, state, status, startUs, endUs } = node;
  const { error, attributes, input, output, outputText, logs, links } = node;
  const { model, provider, usage } = facts(node);
  return {
    traceId: tree.traceId,
    spanId,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    name,
    type: spanType,
    state,
    status,
    ...(startUs === undefined ? {} : { startUs }),
    ...(endUs === undefined ? {} : { endUs }),
    ...(startUs === undefined || endUs === undefined
      ? {}
      : { durationUs: Math.max(0, endUs - startUs) }),
    ...inheritedOf(tree, node, facts),
    ...(model === undefined ? {} : { model }),
    ...(provider === undefined ? {} : { provider }),
    ...usage,
    ...(error === undefined ? {} : { error }),
    attributes: { ...attributes },
    ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }),
    outputText,
    logs: [...logs],
    links: [...links],
  };
}
