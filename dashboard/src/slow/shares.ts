import type { SpanFacts, SpanNode } from '@spantail/protocol';
import { selfTimeUs } from '../format/self-time.ts';
import { isFailed } from '../run/is-failed.ts';
import { ownUsage } from '../run/own-usage.ts';

/** What one model, one tool or one kind of step took of a run. */
export interface Share {
  /** Tells groups apart. */
  key: string;
  kind: 'model' | 'tool' | 'other';
  label: string;
  calls: number;
  errors: number;
  lost: number;
  /** Time in which nothing below it ran. */
  selfUs: number;
  /** Its longest call. */
  slowest: SpanNode;
  slowestUs: number;
  tokens: number;
  costUsd: number;
}

export type FactsOf = (span: SpanNode) => SpanFacts;

export function groupOf(span: SpanNode, facts: FactsOf): Pick<Share, 'key' | 'kind' | 'label'> {
  const { spanType, name } = span;
  if (spanType === 'model') {
    const label = facts(span).model ?? (name === '' ? 'model' : name);
    return { key: `model ${label}`, kind: 'model', label };
  }
  const label = name === '' ? spanType : name;
  if (spanType === 'tool') return { key: `tool ${label}`, kind: 'tool', label };
  return { key: `${spanType} ${label}`, kind: 'other', label };
}

/** Groups are as many as an agent has names: what is beyond is in one. */
const MOST_GROUPS = 500;
const REST = { key: 'rest', kind: 'other', label: 'all others' } as const;

/**
 * Shares of a run by model, tool and the rest, the longest first.
 *
 * @param spans depth first
 */
export function sharesOf(spans: readonly SpanNode[], facts: FactsOf, nowUs: number): Share[] {
  const groups = new Map<string, Share>();
  const used = ownUsage(spans, facts);
  for (const span of spans) {
    const own = groupOf(span, facts);
    const group = groups.has(own.key) || groups.size < MOST_GROUPS ? own : REST;
    const selfUs = selfTimeUs(span, nowUs);
    const durationUs =
      span.startUs === undefined ? 0 : Math.max(0, (span.endUs ?? nowUs) - span.startUs);
    let share = groups.get(group.key);
    if (share === undefined) {
      share = {
        ...group,
        calls: 0,
        errors: 0,
        lost: 0,
        selfUs: 0,
        slowest: span,
        slowestUs: -1,
        tokens: 0,
        costUsd: 0,
      };
      groups.set(group.key, share);
    }
    share.calls++;
    if (isFailed(span)) share.errors++;
    if (span.state === 'lost') share.lost++;
    share.selfUs += selfUs;
    if (durationUs > share.slowestUs) {
      share.slowest = span;
      share.slowestUs = durationUs;
    }
    const { inputTokens = 0, outputTokens = 0, costUsd = 0 } = used.get(span) ?? {};
    share.tokens += inputTokens + outputTokens;
    share.costUsd += costUsd;
  }
  return [...groups.values()].sort((a, b) => b.selfUs - a.selfUs);
}

export type ShareColumn = 'label' | 'selfUs' | 'calls' | 'slowestUs' | 'tokens' | 'costUsd';

export function sortShares(
  shares: readonly Share[],
  column: ShareColumn,
  isDescending: boolean,
): Share[] {
  const sign = isDescending ? -1 : 1;
  return shares.toSorted((a, b) => {
    const order = column === 'label' ? a.label.localeCompare(b.label) : a[column] - b[column];
    return sign * order || a.label.localeCompare(b.label);
  });
}
