import { totalTokens, type RunRow } from '@spantail/protocol';
import { memo, useMemo, type CSSProperties, type ReactNode } from 'react';
import { Link } from 'wouter';
import { formatCost, formatCount, formatDuration, formatTime } from '../format/quantities.ts';
import { formatAgo, formatElapsed } from '../format/relative-time.ts';
import { askedOf } from './asked-of.ts';
import { RunStatusBadge } from './run-status.tsx';
import { shortId } from './short-id.ts';
import { SilenceNote } from './silence-note.tsx';
import { silenceOf } from './silence.ts';
import { visibleRun } from './visible-run.ts';

export interface RunRowProps {
  run: RunRow;
  /** Its place in the list, from 1; the heading is the first row. */
  rowNumber: number;
  /** Where it is drawn. */
  style: CSSProperties;
  nowUs: number;
  /** What comes of it is known at once. */
  isLive: boolean;
  isActive: boolean;
  isPicked: boolean;
  isNew: boolean;
  onOpen: (traceId: string) => void;
  onPick: (traceId: string) => void;
}

/** Of its element. */
export function rowId(traceId: string): string {
  return `run-${traceId}`;
}

/** One run: a line of the table, on a phone a card. */
export const RunListRow = memo(function RunListRow({
  run: row,
  rowNumber,
  style,
  nowUs,
  isLive,
  isActive,
  isPicked,
  isNew,
  onOpen,
  onPick,
}: RunRowProps): ReactNode {
  const { traceId, status, errorCount, lostCount, startUs, lastActivityUs, costUsd } = row;
  const run = visibleRun(row);
  const name = run.name === '' ? 'unnamed run' : run.name;
  const asked = useMemo(() => askedOf(row), [row]);
  const tokens = totalTokens(run);
  const durationUs = run.durationUs ?? nowUs - startUs;
  return (
    <div
      id={rowId(traceId)}
      role="row"
      aria-rowindex={rowNumber}
      aria-selected={isPicked}
      className="runs-row"
      data-status={status}
      data-active={isActive}
      data-new={isNew}
      style={style}
      onClick={(event) => {
        const isOwn = (event.target as Element).closest('a,input,label') !== null;
        const isReading = document.getSelection()?.isCollapsed === false;
        if (!isOwn && !isReading && event.button === 0) onOpen(traceId);
      }}
    >
      <label role="gridcell" className="runs-pick">
        <input
          type="checkbox"
          aria-label={`Pick ${name}`}
          checked={isPicked}
          onChange={() => onPick(traceId)}
        />
      </label>
      <span role="gridcell" className="runs-status">
        <RunStatusBadge status={status} />
      </span>
      <span role="gridcell" className="runs-name">
        <Link href={`/runs/${traceId}`} title={name}>
          {name}
        </Link>
        <span className="runs-sub quiet">
          {run.agent !== undefined && run.agent !== name && <span>{run.agent}</span>}
          {run.tags.slice(0, 3).map((tag) => (
            <span key={tag} className="runs-tag">
              {tag}
            </span>
          ))}
          <span className="runs-id mono" title={traceId}>
            {shortId(run)}
          </span>
          {asked !== undefined && (
            <span className="runs-asked" title={asked}>
              {asked}
            </span>
          )}
        </span>
      </span>
      <span role="gridcell" className="runs-step">
        {status === 'running' && run.currentStep !== undefined && (
          <span title={run.currentStep}>{run.currentStep}</span>
        )}
        <SilenceNote silence={isLive ? silenceOf(row, nowUs) : undefined} />
      </span>
      <span role="gridcell" className="runs-service quiet" title={run.service}>
        {run.service}
      </span>
      <span role="gridcell" className="runs-model quiet" title={run.models.join(', ')}>
        {run.models[0]}
        {run.models.length > 1 && ` +${run.models.length - 1}`}
      </span>
      <span
        role="gridcell"
        className="runs-start quiet"
        title={new Date(startUs / 1_000).toISOString()}
      >
        {formatTime(startUs)}
      </span>
      <span role="gridcell" className="runs-duration">
        {status === 'running' ? formatElapsed(durationUs) : formatDuration(durationUs)}
      </span>
      <Quantity
        name="spans"
        unit={run.spanCount === 1 ? 'span' : 'spans'}
        value={formatCount(run.spanCount)}
      />
      <span role="gridcell" className="runs-errors">
        <Errors errors={errorCount} lost={lostCount} />
      </span>
      <Quantity name="tokens" value={tokens === undefined ? undefined : formatCount(tokens)} />
      <Quantity name="cost" value={costUsd === undefined ? undefined : formatCost(costUsd)} />
      <span role="gridcell" className="runs-activity quiet">
        {formatAgo(lastActivityUs, nowUs)}
      </span>
    </div>
  );
});

/** What is lost is no error: where there is nothing else, it stands alone. */
function Errors({ errors, lost }: { errors: number; lost: number }): ReactNode {
  const unit = errors === 1 ? 'error' : 'errors';
  return (
    <>
      {errors > 0 && <b data-unit={unit}>{formatCount(errors)}</b>}
      {errors === 0 && lost === 0 && (
        <span className="runs-none" data-unit={unit}>
          0
        </span>
      )}
      {lost > 0 && <b className="runs-lost">{formatCount(lost)} lost</b>}
    </>
  );
}

function Quantity({
  name,
  unit = name,
  value,
}: {
  name: string;
  unit?: string;
  value: string | undefined;
}): ReactNode {
  return (
    <span role="gridcell" className={`runs-${name}`} data-unit={unit}>
      {value ?? <span className="runs-none">–</span>}
    </span>
  );
}
