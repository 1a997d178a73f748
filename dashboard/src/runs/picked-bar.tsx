import { Columns2, LayoutGrid, X } from 'lucide-react';
import type { ReactNode } from 'react';

export interface PickedBarProps {
  count: number;
  onCompare: () => void;
  onWatch: () => void;
  onClear: () => void;
}

/** What can be done with the runs that are picked. */
export function PickedBar({ count, onCompare, onWatch, onClear }: PickedBarProps): ReactNode {
  if (count === 0) return null;
  return (
    <div className="runs-picked" role="toolbar" aria-label="Picked runs">
      <span aria-live="polite">
        <b>{count}</b> {count === 1 ? 'run' : 'runs'} picked
      </span>
      <button
        type="button"
        disabled={count !== 2}
        title={count === 2 ? 'Compare them side by side' : 'Pick two runs to compare them'}
        onClick={onCompare}
      >
        <Columns2 size={15} aria-hidden /> Compare
      </button>
      <button type="button" title="Watch them on a board" onClick={onWatch}>
        <LayoutGrid size={15} aria-hidden /> Watch
      </button>
      <button type="button" className="icon-button" aria-label="Pick none" onClick={onClear}>
        <X size={15} aria-hidden />
      </button>
    </div>
  );
}
