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

/**
 * What a run used in all, each token once. Sources repeat totals on outer spans, so a model call
 * counts unless it only repeats the calls directly below it, and any other span only for what
 * nothing below it says. Without recursion: depth is the agent's choice.
 */
export function sumUsage(tree: RunTree, facts: FactsOf): TokenCounts {
  const all: TokenCounts = {};
  /** Of the walked span at each depth: what is counted below it, and what its model calls say. */
  const open: Level[] = [];
  const leave = (depth: number): void => {
    while (open.length > depth) {
      const level = open.pop();
      const outer = open.at(-1);
      if (level !== undefined) addLevel(level, outer, all, facts);
    }
  };
  for (const { span, depth } of tree.walk()) {
    leave(depth);
    open.push({ span, below: {}, calls: {} });
  }
  leave(0);
  return all;
}

interface Level {
  span: SpanNode;
  below: TokenCounts;
  calls: TokenCounts;
}

function addLevel(level: Level, outer: Level | undefined, all: TokenCounts, facts: FactsOf): void {
  const { span, below, calls } = level;
  const { usage } = facts(span);
  const isCall = span.spanType === 'model';
  const total = outer?.below ?? all;
  for (const field of FIELDS) {
    const own = usage[field];
    const counts =
      own !== undefined &&
      (isCall ? calls[field] === undefined || calls[field] < own : below[field] === undefined);
    add(total, field, below[field]);
    if (counts) add(total, field, own);
    if (isCall && outer !== undefined) add(outer.calls, field, own);
  }
}

function add(into: TokenCounts, field: keyof TokenCounts, value: number | undefined): void {
  if (value !== undefined) into[field] = (into[field] ?? 0) + value;
}
