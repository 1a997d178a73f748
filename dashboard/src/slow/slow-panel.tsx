import type { SpanNode } from '@spantail/protocol';
import { ArrowDown, ArrowUp, X } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { formatCost, formatCount, formatDuration } from '../format/quantities.ts';
import { facts } from '../run/facts-cache.ts';
import { visibleName } from '../payload/visible-text.ts';
import type { RunSource } from '../run/run-source.ts';
import { usePacedMemo } from '../run/use-paced-memo.ts';
import type { Outline } from '../tree/outline.ts';
import { TypeIcon } from '../tree/type-icon.tsx';
import type { SpanFilter } from '../waterfall/use-timeline.ts';
import { groupOf, sharesOf, sortShares, type Share, type ShareColumn } from './shares.ts';
import './slow.css';

/** While a run grows it is counted anew so often, and less where counting takes long. */
const RENEW_MS = 500;
const MOST_ROWS = 100;

const COLUMNS: readonly { column: ShareColumn; label: string }[] = [
  { column: 'label', label: 'Model or tool' },
  { column: 'selfUs', label: 'Own time' },
  { column: 'calls', label: 'Calls' },
  { column: 'slowestUs', label: 'Slowest' },
  { column: 'tokens', label: 'Tokens' },
  { column: 'costUsd', label: 'Cost' },
];

export interface SlowPanelProps {
  source: RunSource;
  outline: Outline;
  /** Of the outline, which is kept current in place. */
  revision: number;
  filter: SpanFilter | undefined;
  onFilter: (filter: SpanFilter | undefined) => void;
  onGo: (span: SpanNode) => void;
  onClose: () => void;
}

/** Where the time, the tokens and the money go. */
export function SlowPanel(props: SlowPanelProps): ReactNode {
  const { source, outline, revision, filter, onFilter, onGo, onClose } = props;
  const { nowUs } = source;
  const [column, setColumn] = useState<ShareColumn>('selfUs');
  const [isDescending, setDescending] = useState(true);
  const [filtered, setFiltered] = useState<string>();
  const shares = usePacedMemo(
    () => sharesOf(outline.spans, facts.of, nowUs),
    outline,
    // What is open grows with the time; a span's tokens may come without another outline.
    `${revision} ${source.version} ${nowUs}`,
    RENEW_MS,
  );
  const sorted = useMemo(
    () => sortShares(shares, column, isDescending).slice(0, MOST_ROWS),
    [shares, column, isDescending],
  );
  const all = { selfUs: sum(shares, 'selfUs'), tokens: sum(shares, 'tokens') };
  const sortBy = (next: ShareColumn): void => {
    setDescending(next === column ? !isDescending : next !== 'label');
    setColumn(next);
  };
  const toggleFilter = ({ key, label }: Share): void => {
    const isOn = filter !== undefined && filtered === key;
    setFiltered(isOn ? undefined : key);
    onFilter(isOn ? undefined : { label, passes: (span) => groupOf(span, facts.of).key === key });
  };
  const Arrow = isDescending ? ArrowDown : ArrowUp;
  return (
    <section className="slow-panel" aria-label="Who is slow">
      <div className="slow-scroll" tabIndex={0} role="group" aria-label="Shares by model and tool">
        <table>
          <thead>
            <tr>
              {COLUMNS.map(({ column: own, label }) => (
                <th
                  key={own}
                  scope="col"
                  aria-sort={
                    own === column ? (isDescending ? 'descending' : 'ascending') : undefined
                  }
                >
                  <button type="button" onClick={() => sortBy(own)}>
                    {label}
                    {own === column && <Arrow size={12} aria-hidden />}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.map((share) => (
              <tr key={share.key} data-on={filter !== undefined && filtered === share.key}>
                <th scope="row">
                  <button
                    type="button"
                    aria-pressed={filter !== undefined && filtered === share.key}
                    title={`Show only ${visibleName(share.label)}`}
                    onClick={() => toggleFilter(share)}
                  >
                    <TypeIcon type={share.slowest.spanType} size={13} />
                    <span className="slow-label">{visibleName(share.label, 120)}</span>
                    {share.errors > 0 && (
                      <span className="slow-errors">
                        {share.errors} {share.errors === 1 ? 'error' : 'errors'}
                      </span>
                    )}
                    {share.lost > 0 && <span className="slow-lost">{share.lost} lost</span>}
                  </button>
                </th>
                <td>
                  <Bar share={part(share.selfUs, all.selfUs)} type={share.slowest.spanType} />
                  <span className="slow-number">{formatDuration(share.selfUs)}</span>
                </td>
                <td>{formatCount(share.calls)}</td>
                <td>
                  <button
                    type="button"
                    title="Go to the slowest call"
                    onClick={() => onGo(share.slowest)}
                  >
                    {formatDuration(Math.max(0, share.slowestUs))}
                  </button>
                </td>
                <td>
                  {share.tokens > 0 && (
                    <>
                      <Bar share={part(share.tokens, all.tokens)} type={share.slowest.spanType} />
                      <span className="slow-number">{formatCount(share.tokens)}</span>
                    </>
                  )}
                </td>
                <td>{share.costUsd > 0 && formatCost(share.costUsd)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <button type="button" className="slow-close icon-button" aria-label="Close" onClick={onClose}>
        <X size={14} aria-hidden />
      </button>
    </section>
  );
}

function Bar({ share, type }: { share: number; type: string }): ReactNode {
  return (
    <span className={`slow-bar type-${type}`}>
      <span style={{ width: `${Math.round(share * 100)}%` }} />
      <em>{Math.round(share * 100)} %</em>
    </span>
  );
}

function part(value: number, all: number): number {
  return all > 0 ? value / all : 0;
}

function sum(shares: readonly Share[], column: 'selfUs' | 'tokens'): number {
  return shares.reduce((total, share) => total + share[column], 0);
}
