import type { WatchedSpan, WatchedTree } from '@spantail/client';
import type { RunView } from '@spantail/client/react';
import { toRunRow, type SpanId } from '@spantail/protocol';
import { useMemo } from 'react';
import { usePaced } from '../run/use-paced.ts';
import { useSettledStatus } from '../runs/use-settled-status.ts';
import { visibleRun } from '../runs/visible-run.ts';
import { alignRuns, firstDivergence, type StepPair } from './align-runs.ts';
import { stepTotals, type StepTotals } from './step-totals.ts';
import type { SideSummary } from './summary.tsx';

/** Both trees are walked whole. */
const PACE_MS = 1_000;

export interface Side {
  summary: SideSummary;
  totals: ReadonlyMap<SpanId, StepTotals>;
}

export interface Comparison {
  left: Side;
  right: Side;
  pairs: readonly StepPair<WatchedSpan>[];
  divergence: StepPair<WatchedSpan> | undefined;
}

/** `undefined` until something of both is there. */
export function useComparison(left: RunView, right: RunView): Comparison | undefined {
  const pacedLeft = usePaced(left, PACE_MS);
  const pacedRight = usePaced(right, PACE_MS);
  const leftStatus = useSettledStatus(pacedLeft);
  const rightStatus = useSettledStatus(pacedRight);
  return useMemo(() => {
    const leftSide = sideOf(pacedLeft.tree, leftStatus);
    const rightSide = sideOf(pacedRight.tree, rightStatus);
    if (leftSide === undefined || rightSide === undefined) return undefined;
    const pairs = alignRuns<WatchedSpan>(pacedLeft.tree?.roots ?? [], pacedRight.tree?.roots ?? []);
    const at = firstDivergence(pairs);
    return {
      left: leftSide,
      right: rightSide,
      pairs,
      divergence: at === undefined ? undefined : pairs[at],
    };
  }, [
    pacedLeft.tree,
    pacedLeft.version,
    leftStatus,
    pacedRight.tree,
    pacedRight.version,
    rightStatus,
  ]);
}

function sideOf(
  tree: WatchedTree | undefined,
  status: 'live' | 'ended' | undefined,
): Side | undefined {
  if (tree === undefined || tree.spanCount === 0 || status === undefined) return undefined;
  let [modelCalls, toolCalls, lastUs] = [0, 0, 0];
  for (const { span } of tree.walk()) {
    if (span.spanType === 'model') modelCalls++;
    else if (span.spanType === 'tool') toolCalls++;
    lastUs = Math.max(lastUs, span.startUs ?? 0, span.endUs ?? 0);
  }
  const run = visibleRun(
    toRunRow(tree, {
      ended: status === 'ended',
      firstActivityUs: lastUs,
      lastActivityUs: lastUs,
      eventCount: 0,
    }),
  );
  return { summary: { run, modelCalls, toolCalls }, totals: stepTotals(tree) };
}
