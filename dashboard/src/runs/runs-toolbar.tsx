import type { RunRow } from '@spantail/protocol';
import { LayoutGrid } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';
import { Link } from 'wouter';
import { FilterBox } from './filter/filter-box.tsx';
import type { FilterProblem } from './filter/filter-problem.ts';
import { CHIPS, RANGES, type ListAddress } from './list-address.ts';

export interface RunsToolbarProps {
  address: ListAddress;
  onChange: (address: ListAddress) => void;
  refused: FilterProblem | undefined;
  rows: readonly RunRow[];
  input: RefObject<HTMLInputElement | null>;
}

/** Which runs are listed. */
export function RunsToolbar({
  address,
  onChange,
  refused,
  rows,
  input,
}: RunsToolbarProps): ReactNode {
  return (
    <div className="runs-toolbar" role="search">
      <FilterBox
        value={address.q}
        onChange={(q) => onChange({ ...address, q })}
        refused={refused}
        rows={rows}
        input={input}
      />
      <div className="runs-chips" role="group" aria-label="Status">
        {CHIPS.map(({ status, label }) => (
          <button
            key={status}
            type="button"
            aria-pressed={address.status === status}
            data-status={status}
            onClick={() =>
              onChange({ ...address, status: address.status === status ? '' : status })
            }
          >
            {label}
          </button>
        ))}
      </div>
      <select
        aria-label="Started"
        value={address.range}
        onChange={(event) => onChange({ ...address, range: event.target.value })}
      >
        {RANGES.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <Link
        className="runs-to-board"
        href={`/board?q=${encodeURIComponent(boardFilter(address))}`}
        title="Watch these runs on a board"
      >
        <LayoutGrid size={15} aria-hidden />
        <span>Board</span>
      </Link>
    </div>
  );
}

/** A board has one filter, and no list to narrow beside it. */
function boardFilter({ q, status, range }: ListAddress): string {
  const parts = [
    ...(status === '' ? [] : [`status:${status}`]),
    ...(range === '' ? [] : [`start:>-${range}`]),
  ];
  if (q.trim() === '') return parts.join(' ');
  return parts.length === 0 ? q.trim() : `(${q.trim()}) ${parts.join(' ')}`;
}
