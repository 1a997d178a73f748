import { totalTokens, type RunRow } from '@spantail/protocol';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { formatCost, formatCount, formatDuration, formatTime } from '../format/quantities.ts';
import { formatElapsed } from '../format/relative-time.ts';
import { RunStatusBadge } from '../runs/run-status.tsx';
import { shortId } from '../runs/short-id.ts';
import { Delta } from './delta.tsx';

/** A run in numbers. */
export interface SideSummary {
  run: RunRow;
  modelCalls: number;
  toolCalls: number;
}

const DURATION = 'Duration';
const NUMBERS: readonly {
  label: string;
  of: (side: SideSummary) => number | undefined;
  format: (value: number) => string;
}[] = [
  { label: DURATION, of: ({ run }) => run.durationUs, format: formatDuration },
  { label: 'Steps', of: ({ run }) => run.spanCount, format: formatCount },
  { label: 'Model calls', of: ({ modelCalls }) => modelCalls, format: formatCount },
  { label: 'Tool calls', of: ({ toolCalls }) => toolCalls, format: formatCount },
  { label: 'Errors', of: ({ run }) => run.errorCount, format: formatCount },
  { label: 'Tokens', of: ({ run }) => totalTokens(run), format: formatCount },
  { label: 'Cost', of: ({ run }) => run.costUsd, format: formatCost },
];

/** The two runs in numbers, and the differences. */
export function CompareSummary({
  left,
  right,
  leftNowUs,
  rightNowUs,
}: {
  left: SideSummary;
  right: SideSummary;
  leftNowUs: number;
  rightNowUs: number;
}): ReactNode {
  return (
    <div className="compare-summary">
      <table>
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">Status</th>
            <th scope="col">Started</th>
            {NUMBERS.map(({ label }) => (
              <th key={label} scope="col" className="compare-number">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <SideRow side={left} letter="A" nowUs={leftNowUs} />
          <SideRow side={right} letter="B" nowUs={rightNowUs} />
          <tr>
            <th scope="row" colSpan={3}>
              B against A
            </th>
            {NUMBERS.map(({ label, of, format }) => (
              <td key={label} className="compare-number">
                <Delta left={of(left)} right={of(right)} format={format} />
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  );
}

function SideRow({
  side,
  letter,
  nowUs,
}: {
  side: SideSummary;
  letter: string;
  nowUs: number;
}): ReactNode {
  const { run } = side;
  return (
    <tr>
      <th scope="row">
        <span className="compare-letter" aria-hidden>
          {letter}
        </span>
        <Link href={`/runs/${run.traceId}`}>{run.name === '' ? 'unnamed run' : run.name}</Link>{' '}
        <span className="mono quiet">{shortId(run)}</span>
      </th>
      <td>
        <RunStatusBadge status={run.status} />
      </td>
      <td className="quiet">{formatTime(run.startUs)}</td>
      {NUMBERS.map(({ label, of, format }) => {
        const value = of(side);
        const elapsed =
          label === DURATION && value === undefined ? elapsedOf(run, nowUs) : undefined;
        return (
          <td key={label} className="compare-number">
            {elapsed ?? (value === undefined ? <span className="quiet">–</span> : format(value))}
          </td>
        );
      })}
    </tr>
  );
}

/** So long a run has been going on; the difference of two that are not over would say nothing. */
function elapsedOf({ status, startUs }: RunRow, nowUs: number): string | undefined {
  return status === 'running' ? formatElapsed(Math.max(0, nowUs - startUs)) : undefined;
}
