import { factsOf, type RunTree, type SpanId, type SpanNode } from '@spantail/protocol';
import { ownUsage } from '../run/own-usage.ts';

/** What a step used with all below it. */
export interface StepTotals {
  tokens: number;
  costUsd: number;
  errors: number;
}

/** Of each step of a run, each token once. */
export function stepTotals(tree: Pick<RunTree, 'walk'>): Map<SpanId, StepTotals> {
  const spans = Array.from(tree.walk(), ({ span }) => span);
  const own = ownUsage(spans, factsOf);
  const totals = new Map<SpanNode, StepTotals>();
  // What is below a span comes behind it.
  for (const span of spans.toReversed()) {
    const { inputTokens = 0, outputTokens = 0, costUsd = 0 } = own.get(span) ?? {};
    const isFailed = span.state === 'closed' && span.status === 'error';
    const total = { tokens: inputTokens + outputTokens, costUsd, errors: isFailed ? 1 : 0 };
    for (const child of span.children) {
      const below = totals.get(child);
      if (below === undefined) continue;
      total.tokens += below.tokens;
      total.costUsd += below.costUsd;
      total.errors += below.errors;
    }
    totals.set(span, total);
  }
  return new Map(Array.from(totals, ([{ spanId }, total]) => [spanId, total]));
}
