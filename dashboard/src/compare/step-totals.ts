import {
  factsOf,
  type RunTree,
  type SpanId,
  type SpanNode,
  type TokenCounts,
} from '@spantail/protocol';

/** What a step used with all below it. */
export interface StepTotals {
  tokens: number;
  costUsd: number;
  errors: number;
}

const FIELDS = ['inputTokens', 'outputTokens', 'costUsd'] as const;
type Field = (typeof FIELDS)[number];
type Amounts = Partial<Record<Field, number>>;

interface Level {
  span: SpanNode;
  below: Amounts;
  calls: Amounts;
  errors: number;
}

/**
 * Of each step of a run, each token once: sources repeat totals on outer spans, so a model call
 * counts unless it only repeats the calls directly below it, and any other span only for what
 * nothing below it says.
 */
export function stepTotals(tree: Pick<RunTree, 'walk'>): Map<SpanId, StepTotals> {
  const totals = new Map<SpanId, StepTotals>();
  const open: Level[] = [];
  const leave = (depth: number): void => {
    while (open.length > depth) {
      const level = open.pop();
      if (level !== undefined) finish(level, open.at(-1), totals);
    }
  };
  for (const { span, depth } of tree.walk()) {
    leave(depth);
    const isFailed = span.state === 'closed' && span.status === 'error';
    open.push({ span, below: {}, calls: {}, errors: isFailed ? 1 : 0 });
  }
  leave(0);
  return totals;
}

function finish(
  { span, below, calls, errors }: Level,
  outer: Level | undefined,
  totals: Map<SpanId, StepTotals>,
): void {
  const usage: TokenCounts = factsOf(span).usage;
  const isCall = span.spanType === 'model';
  const all: Amounts = { ...below };
  for (const field of FIELDS) {
    const own = usage[field];
    const told = isCall ? calls[field] : below[field];
    const counts = told === undefined || (isCall && own !== undefined && told < own);
    if (counts) add(all, field, own);
    if (outer === undefined) continue;
    add(outer.below, field, all[field]);
    if (isCall) add(outer.calls, field, own);
  }
  if (outer !== undefined) outer.errors += errors;
  totals.set(span.spanId, {
    tokens: (all.inputTokens ?? 0) + (all.outputTokens ?? 0),
    costUsd: all.costUsd ?? 0,
    errors,
  });
}

function add(into: Amounts, field: Field, value: number | undefined): void {
  if (value !== undefined) into[field] = (into[field] ?? 0) + value;
}
