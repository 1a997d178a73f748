import type { RunTree } from '../tree/run-tree.ts';
import type { SpanNode } from '../tree/span-node.ts';
import type { TokenCounts } from './span-row.ts';
import type { FactsOf } from './to-span-row.ts';

const FIELDS = [
  'inputTokens',
  'outputTokens',
  'cachedInputTokens',
  'reasoningTokens',
  'costUsd',
] as const satisfies readonly (keyof TokenCounts)[];

/** What is known of a walked span: made when there is something to say. */
interface Level {
  span: SpanNode;
  /** Counted below it. */
  below: TokenCounts | undefined;
  /** What the model calls directly below it say. */
  calls: TokenCounts | undefined;
}

/**
 * What a run used in all, each token once. Sources repeat totals on outer spans, so a model call
 * counts unless it only repeats the calls directly below it, and any other span only for what
 * nothing below it says. Without recursion: depth is the agent's choice.
 */
export class UsageSum {
  readonly #facts: FactsOf;
  readonly #open: Level[] = [];
  #all: TokenCounts | undefined;

  constructor(facts: FactsOf) {
    this.#facts = facts;
  }

  /** Takes spans depth first, parents before children. */
  visit(span: SpanNode, depth: number): void {
    this.#leave(depth);
    this.#open.push({ span, below: undefined, calls: undefined });
  }

  /** When all spans were visited. */
  total(): TokenCounts {
    this.#leave(0);
    return this.#all ?? {};
  }

  #leave(depth: number): void {
    while (this.#open.length > depth) {
      const level = this.#open.pop();
      if (level !== undefined) this.#add(level, this.#open.at(-1));
    }
  }

  #add({ span, below, calls }: Level, outer: Level | undefined): void {
    const { usage } = this.#facts(span);
    const isCall = span.spanType === 'model';
    for (const field of FIELDS) {
      const own = usage[field];
      if (below?.[field] !== undefined) this.#count(outer, field, below[field]);
      if (own === undefined) continue;
      const repeated = calls?.[field];
      const counts = isCall
        ? repeated === undefined || repeated < own
        : below?.[field] === undefined;
      if (counts) this.#count(outer, field, own);
      if (isCall && outer !== undefined) outer.calls = plus(outer.calls, field, own);
    }
  }

  #count(outer: Level | undefined, field: keyof TokenCounts, value: number): void {
    if (outer === undefined) this.#all = plus(this.#all, field, value);
    else outer.below = plus(outer.below, field, value);
  }
}

/** Of a whole tree. */
export function sumUsage(tree: RunTree, facts: FactsOf): TokenCounts {
  const sum = new UsageSum(facts);
  for (const { span, depth } of tree.walk()) sum.visit(span, depth);
  return sum.total();
}

function plus(
  counts: TokenCounts | undefined,
  field: keyof TokenCounts,
  value: number,
): TokenCounts {
  const into = counts ?? {};
  into[field] = (into[field] ?? 0) + value;
  return into;
}
