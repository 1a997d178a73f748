import type { WatchedSpan } from '@spantail/client';
import type { ReactNode } from 'react';
import { formatCount, formatDuration } from '../format/quantities.ts';
import { facts } from '../run/facts-cache.ts';

/** How it stands, how long it took, what it used: at the end of a row's head. */
export function SpanState({
  span,
  nowUs,
  withTokens = false,
}: {
  span: WatchedSpan;
  nowUs: number;
  withTokens?: boolean;
}): ReactNode {
  const { state, status, startUs, endUs } = span;
  const untilUs = state === 'open' ? nowUs : endUs;
  const { usage } = facts.of(span);
  const tokens = withTokens ? (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0) : 0;
  return (
    <span className="conversation-state">
      {status === 'error' && state !== 'lost' && (
        <span className="conversation-failed">failed</span>
      )}
      {state === 'lost' && <span className="conversation-lost">lost</span>}
      {tokens > 0 && <span title="Tokens, in and out">{formatCount(tokens)} tokens</span>}
      {startUs !== undefined && untilUs !== undefined && untilUs >= startUs && (
        <span className={state === 'open' ? 'conversation-running' : ''}>
          {formatDuration(untilUs - startUs)}
        </span>
      )}
      {state === 'open' && <span className="conversation-pulse" role="img" aria-label="running" />}
    </span>
  );
}
