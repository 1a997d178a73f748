import type { SpanFacts, SpanNode } from '@spantail/protocol';

const FIELDS = ['inputTokens', 'outputTokens', 'costUsd'] as const;
type Field = (typeof FIELDS)[number];
export type Amounts = Partial<Record<Field, number>>;

/**
 * What each span adds to what its run used, so that each token counts once: the rule of the run's
 * own summary. Sources repeat totals on outer spans, so a model call counts unless it only repeats
 * the calls directly below it, and any other span only for what nothing below it says. Spans that
 * add nothing are not in it.
 *
 * @param spans depth first, parents before children
 */
export function ownUsage(
  spans: readonly SpanNode[],
  facts: (span: SpanNode) => SpanFacts,
): Map<SpanNode, Amounts> {
  const own = new Map<SpanNode, Amounts>();
  /** What something says at a span or below it. */
  const said = new Map<SpanNode, Set<Field>>();
  for (let i = spans.length - 1; i >= 0; i--) {
    const span = spans[i];
    if (span === undefined) continue;
    const { usage } = facts(span);
    const isCall = span.spanType === 'model';
    const below = saidBelow(span, said);
    const added: Amounts = {};
    for (const field of FIELDS) {
      const value = usage[field];
      if (value === undefined) continue;
      const told = isCall ? saidByCalls(span, field, facts) : undefined;
      const counts = isCall ? told === undefined || told < value : below?.has(field) !== true;
      if (counts) added[field] = value;
    }
    const all = FIELDS.filter((field) => usage[field] !== undefined || below?.has(field) === true);
    if (all.length > 0) said.set(span, new Set(all));
    if (Object.keys(added).length > 0) own.set(span, added);
  }
  return own;
}

function saidBelow(
  { children }: SpanNode,
  said: ReadonlyMap<SpanNode, ReadonlySet<Field>>,
): ReadonlySet<Field> | undefined {
  let below: Set<Field> | undefined;
  for (const child of children) {
    const fields = said.get(child);
    if (fields === undefined) continue;
    below ??= new Set();
    for (const field of fields) below.add(field);
    if (below.size === FIELDS.length) break;
  }
  return below;
}

function saidByCalls(
  { children }: SpanNode,
  field: Field,
  facts: (span: SpanNode) => SpanFacts,
): number | undefined {
  let sum: number | undefined;
  for (const child of children) {
    if (child.spanType !== 'model') continue;
    const value = facts(child).usage[field];
    if (value !== undefined) sum = (sum ?? 0) + value;
  }
  return sum;
}
