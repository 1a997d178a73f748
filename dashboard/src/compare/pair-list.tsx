import type { WatchedSpan } from '@spantail/client';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useRef, type ReactNode } from 'react';
import type { SpanId } from '@spantail/protocol';
import type { StepPair } from './align-runs.ts';
import { indexOfKey, pairKey } from './pair-key.ts';
import { PairRow } from './pair-row.tsx';
import type { StepTotals } from './step-totals.ts';

const ROW_PX = 28;

export interface PairListProps {
  pairs: readonly StepPair<WatchedSpan>[];
  leftTotals: ReadonlyMap<SpanId, StepTotals>;
  rightTotals: ReadonlyMap<SpanId, StepTotals>;
  leftNowUs: number;
  rightNowUs: number;
  selected: string | undefined;
  firstDivergence: string | undefined;
  onSelect: (key: string) => void;
}

/** The steps of both runs side by side; only what is seen is drawn. */
export function PairList({
  pairs,
  leftTotals,
  rightTotals,
  leftNowUs,
  rightNowUs,
  selected,
  firstDivergence,
  onSelect,
}: PairListProps): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const virtual = useVirtualizer({
    count: pairs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 20,
  });
  const at = indexOfKey(pairs, selected);
  const shown = useRef<string>(undefined);
  useEffect(() => {
    if (shown.current === selected || at === -1) return undefined;
    shown.current = selected;
    // What is told of the pair takes its room first.
    const frame = requestAnimationFrame(() => virtual.scrollToIndex(at));
    return () => cancelAnimationFrame(frame);
  }, [virtual, selected, at]);
  return (
    <div
      ref={scroller}
      className="pairs"
      role="listbox"
      tabIndex={0}
      aria-label="Steps of both runs"
      aria-activedescendant={at === -1 ? undefined : `${id}-${at}`}
    >
      <div className="pairs-inside" role="presentation" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const pair = pairs[index];
          if (pair === undefined) return null;
          const key = pairKey(pair);
          const { left, right } = pair;
          return (
            <PairRow
              key={key}
              id={`${id}-${index}`}
              pair={pair}
              leftTotals={left === undefined ? undefined : leftTotals.get(left.spanId)}
              rightTotals={right === undefined ? undefined : rightTotals.get(right.spanId)}
              leftUs={lasted(left, leftNowUs)}
              rightUs={lasted(right, rightNowUs)}
              isSelected={key === selected}
              isFirstDivergence={key === firstDivergence}
              style={{ height: ROW_PX, transform: `translateY(${start}px)` }}
              onSelect={() => onSelect(key)}
            />
          );
        })}
      </div>
    </div>
  );
}

/** Of a step that is open, until now. */
function lasted(span: WatchedSpan | undefined, nowUs: number): number | undefined {
  if (span?.startUs === undefined) return undefined;
  const untilUs = span.endUs ?? (span.state === 'open' ? nowUs : undefined);
  return untilUs === undefined ? undefined : Math.max(0, untilUs - span.startUs);
}
