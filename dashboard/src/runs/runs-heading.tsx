import { ArrowDown, ArrowUp } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ListAddress, SortField } from './list-address.ts';

const COLUMNS: readonly { name: string; label: string; sort?: SortField }[] = [
  { name: 'status', label: 'Status' },
  { name: 'name', label: 'Run' },
  { name: 'step', label: 'Current step' },
  { name: 'service', label: 'Service' },
  { name: 'model', label: 'Model' },
  { name: 'start', label: 'Started', sort: 'start' },
  { name: 'duration', label: 'Duration', sort: 'duration' },
  { name: 'spans', label: 'Spans', sort: 'spans' },
  { name: 'errors', label: 'Errors', sort: 'errors' },
  { name: 'tokens', label: 'Tokens', sort: 'tokens' },
  { name: 'cost', label: 'Cost', sort: 'cost' },
  { name: 'activity', label: 'Activity', sort: 'activity' },
];

/** Names the columns; those that the record can order by are pressed to do so. */
export function RunsHeading({
  sort,
  onSort,
}: {
  sort: ListAddress['sort'];
  onSort: (field: SortField) => void;
}): ReactNode {
  const Arrow = sort.descending ? ArrowDown : ArrowUp;
  return (
    <div role="rowgroup" className="runs-heading">
      <div role="row" aria-rowindex={1} className="runs-row">
        <span role="columnheader" className="runs-pick" aria-label="Picked" />
        {COLUMNS.map(({ name, label, sort: field }) => {
          if (field === undefined)
            return (
              <span key={name} role="columnheader" className={`runs-${name}`}>
                {label}
              </span>
            );
          const isSorted = sort.field === field;
          return (
            <span
              key={name}
              role="columnheader"
              className={`runs-${name}`}
              aria-sort={isSorted ? (sort.descending ? 'descending' : 'ascending') : 'none'}
            >
              <button type="button" title={`Sort by ${label}`} onClick={() => onSort(field)}>
                {label}
                {isSorted && <Arrow size={12} aria-hidden />}
              </button>
            </span>
          );
        })}
      </div>
    </div>
  );
}
