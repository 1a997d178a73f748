import type { RunRow } from '@spantail/protocol';
import { Maximize2, Minimize2, Rows3, Rows4 } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode, type RefObject } from 'react';
import { FilterBox } from '../runs/filter/filter-box.tsx';
import type { FilterProblem } from '../runs/filter/filter-problem.ts';
import { useShortcuts } from '../shortcuts/use-shortcuts.ts';
import { TILE_COUNTS, type BoardAddress } from './board-address.ts';

export interface BoardToolbarProps {
  address: BoardAddress;
  onChange: (address: BoardAddress) => void;
  refused: FilterProblem | undefined;
  rows: readonly RunRow[];
  counts: { status: string; count: number }[];
  board: RefObject<HTMLElement | null>;
}

/** Which runs are on the board, and how. */
export function BoardToolbar({
  address,
  onChange,
  refused,
  rows,
  counts,
  board,
}: BoardToolbarProps): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  const isFull = useFullScreen();
  const { q, count, isDense } = address;
  const toggleDense = (): void => onChange({ ...address, isDense: !isDense });
  const toggleFull = (): void => {
    const turned = isFull ? document.exitFullscreen() : board.current?.requestFullscreen();
    // A page in a frame may not.
    turned?.catch(() => {});
  };
  const group = 'Board';
  useShortcuts([
    { keys: ['f'], label: 'Full screen', group, run: toggleFull },
    { keys: ['d'], label: 'More or fewer tiles at once', group, run: toggleDense },
    { keys: ['/'], label: 'Filter', group, run: () => input.current?.focus() },
  ]);
  return (
    <div className="board-toolbar">
      <p className="board-counts" role="status">
        {counts.map((one) => (
          <span key={one.status} data-status={one.status}>
            <b>{one.count}</b> {one.status}
          </span>
        ))}
      </p>
      {!isFull && (
        <FilterBox
          value={q ?? ''}
          onChange={(text) =>
            onChange({ ...address, q: text === '' && address.runIds.length > 0 ? undefined : text })
          }
          refused={refused}
          rows={rows}
          input={input}
        />
      )}
      {!isFull && q !== undefined && (
        <select
          aria-label="Runs at most"
          value={count}
          onChange={(event) => onChange({ ...address, count: Number(event.target.value) })}
        >
          {TILE_COUNTS.map((one) => (
            <option key={one} value={one}>
              {one} newest
            </option>
          ))}
        </select>
      )}
      <button
        type="button"
        className="icon-button"
        aria-pressed={isDense}
        aria-label="Compact tiles"
        title="Compact tiles (d)"
        onClick={toggleDense}
      >
        {isDense ? <Rows4 size={16} aria-hidden /> : <Rows3 size={16} aria-hidden />}
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label={isFull ? 'Leave full screen' : 'Full screen'}
        title="Full screen (f)"
        onClick={toggleFull}
      >
        {isFull ? <Minimize2 size={16} aria-hidden /> : <Maximize2 size={16} aria-hidden />}
      </button>
    </div>
  );
}

function useFullScreen(): boolean {
  const [isFull, setFull] = useState(document.fullscreenElement !== null);
  useEffect(() => {
    const onChange = (): void => setFull(document.fullscreenElement !== null);
    document.addEventListener('fullscreenchange', onChange);
    return () => document.removeEventListener('fullscreenchange', onChange);
  }, []);
  return isFull;
}
