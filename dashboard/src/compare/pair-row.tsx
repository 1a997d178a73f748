import type { WatchedSpan } from '@spantail/client';
import { CircleAlert, Loader, Unplug } from 'lucide-react';
import { memo, type CSSProperties, type ReactNode } from 'react';
import { formatCost, formatCount, formatDuration } from '../format/quantities.ts';
import { visibleName } from '../payload/visible-text.ts';
import { snippetOf } from '../tree/row-texts.ts';
import { spanTitle } from '../tree/span-title.ts';
import type { StepPair } from './align-runs.ts';
import { Delta } from './delta.tsx';
import type { StepTotals } from './step-totals.ts';

/** Deeper steps are told by their order only. */
const MOST_INDENTS = 12;
const INDENT_PX = 14;
/** Between two runs that do the same nothing takes exactly as long. */
const NOISE_US = 10_000;

export interface PairRowProps {
  id: string;
  pair: StepPair<WatchedSpan>;
  leftTotals: StepTotals | undefined;
  rightTotals: StepTotals | undefined;
  /** Until now, of a step that is open. */
  leftUs: number | undefined;
  rightUs: number | undefined;
  isSelected: boolean;
  isFirstDivergence: boolean;
  style: CSSProperties;
  onSelect: () => void;
}

/** One step of both runs, and what is different between them. */
export const PairRow = memo(function PairRow({
  id,
  pair: { left, right, depth, differences },
  leftTotals,
  rightTotals,
  leftUs,
  rightUs,
  isSelected,
  isFirstDivergence,
  style,
  onSelect,
}: PairRowProps): ReactNode {
  const kind =
    left === undefined
      ? 'right'
      : right === undefined
        ? 'left'
        : differences.includes('status')
          ? 'status'
          : 'both';
  return (
    <div
      id={id}
      role="option"
      aria-selected={isSelected}
      className="pair"
      data-kind={kind}
      data-first={isFirstDivergence}
      style={style}
      onClick={onSelect}
    >
      <Step span={left} totals={leftTotals} us={leftUs} depth={depth} missing="not in A" />
      <span className="pair-deltas">
        <Delta
          left={durationOf(left)}
          right={durationOf(right)}
          format={formatDuration}
          noise={NOISE_US}
        />
        <Delta left={leftTotals?.tokens} right={rightTotals?.tokens} format={formatCount} />
        <Delta
          left={leftTotals?.costUsd}
          right={rightTotals?.costUsd}
          format={formatCost}
          noise={0.00005}
        />
        <span className="pair-contents">
          {differences.includes('input') && <i title="Their inputs differ">in</i>}
          {differences.includes('output') && <i title="Their outputs differ">out</i>}
        </span>
      </span>
      <Step span={right} totals={rightTotals} us={rightUs} depth={depth} missing="not in B" />
    </div>
  );
});

function Step({
  span,
  totals,
  us,
  depth,
  missing,
}: {
  span: WatchedSpan | undefined;
  totals: StepTotals | undefined;
  us: number | undefined;
  depth: number;
  missing: string;
}): ReactNode {
  const indent = { paddingLeft: Math.min(depth, MOST_INDENTS) * INDENT_PX };
  if (span === undefined)
    return (
      <span className="step step-missing" style={indent}>
        <span className="quiet">{missing}</span>
      </span>
    );
  const errors = totals?.errors ?? 0;
  return (
    <span className="step" style={indent}>
      <span className="step-dot" data-type={span.spanType} title={span.spanType} />
      <span className="step-name" title={visibleName(span.name)}>
        {spanTitle(span) || 'unnamed'}
      </span>
      <Outcome span={span} />
      {span.status !== 'error' && errors > 0 && (
        <span className="step-errors" title={`${errors} failed below`}>
          {errors}
        </span>
      )}
      <span className="step-snippet">{snippetOf(span)}</span>
      <span className="step-duration quiet">{us === undefined ? '?' : formatDuration(us)}</span>
    </span>
  );
}

function Outcome({ span: { state, status } }: { span: WatchedSpan }): ReactNode {
  if (state === 'lost') return <Unplug size={13} className="step-lost" aria-label="lost" />;
  if (state !== 'closed') return <Loader size={13} className="step-open" aria-label="open" />;
  if (status === 'error')
    return <CircleAlert size={13} className="step-failed" aria-label="failed" />;
  return null;
}

function durationOf(span: WatchedSpan | undefined): number | undefined {
  if (span?.startUs === undefined || span.endUs === undefined) return undefined;
  return span.endUs - span.startUs;
}
