import type { RunRow, RunStatus, TraceId } from '@spantail/protocol';
import { useRuns } from '@spantail/client/react';
import { useCallback, useRef, useState, type ReactNode } from 'react';
import { useSearchParams } from 'wouter';
import { problemIn } from '../runs/filter/filter-problem.ts';
import { FirstRun } from '../runs/first-run.tsx';
import { ListError, NoMatch } from '../runs/list-states.tsx';
import { readBoardAddress, writeBoardAddress, type BoardAddress } from './board-address.ts';
import { BoardToolbar } from './board-toolbar.tsx';
import { orderTiles, type TileStanding } from './tile-order.ts';
import { Tile } from './tile.tsx';
import { useFlip } from './use-flip.ts';
import { useLingering } from './use-lingering.ts';
import './board.css';

const CROWD_TILES = 12;

const WORDS: Readonly<Record<RunStatus, string>> = {
  running: 'running',
  error: 'failed',
  lost: 'lost',
  ok: 'done',
};

/** Several runs at once, each live: for a desk, or for a wall. */
export default function BoardPage(): ReactNode {
  const [search, setSearch] = useSearchParams();
  const address = readBoardAddress(search);
  const { runIds, q, count, isDense } = address;
  const change = (next: BoardAddress): void =>
    setSearch(writeBoardAddress(next), { replace: true });
  const { runs, loading, error } = useRuns({
    enabled: q !== undefined,
    limit: count,
    ...(q === undefined || q.trim() === '' ? {} : { q }),
  });
  const rows = runs.slice(0, count);
  const wanted = [...new Set([...runIds, ...rows.map(({ traceId }) => traceId)])];
  const shown = useLingering(wanted, `${q} ${count} ${runIds.join(' ')} ${loading}`);

  const [seen, setSeen] = useState<ReadonlyMap<TraceId, TileStanding>>(new Map());
  const onFacts = useCallback(({ traceId, status, startUs }: RunRow, isSilent: boolean) => {
    setSeen((before) => {
      const old = before.get(traceId);
      if (old?.status === status && old.startUs === startUs && old.isSilent === isSilent)
        return before;
      return new Map(before).set(traceId, { status, startUs, isSilent });
    });
  }, []);
  // What a tile shows counts; until it shows something, what the record says.
  const known = new Map<TraceId, TileStanding>([
    ...rows.map((row) => [row.traceId, { ...row, isSilent: false }] as const),
    ...shown.flatMap((traceId) => {
      const one = seen.get(traceId);
      return one === undefined ? [] : [[traceId, one] as const];
    }),
  ]);
  const ordered = orderTiles(shown, known);
  const board = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  useFlip(grid);

  const statuses = Object.keys(WORDS) as RunStatus[];
  const counts = statuses
    .map((status) => ({
      status: WORDS[status],
      count: wanted.filter((traceId) => known.get(traceId)?.status === status).length,
    }))
    .filter((one) => one.count > 0);
  const refused = problemIn(error);
  const isEmpty = ordered.length === 0 && !loading;
  return (
    <div ref={board} className="board" data-dense={isDense}>
      <h1 className="visually-hidden">Board</h1>
      <BoardToolbar
        address={address}
        onChange={change}
        refused={refused}
        rows={rows}
        counts={counts}
        board={board}
      />
      <div className="board-scroller">
        <div ref={grid} className="board-grid">
          {ordered.map((traceId) => (
            <Tile
              key={traceId}
              traceId={traceId}
              row={rows.find((row) => row.traceId === traceId)}
              isDense={isDense}
              isCrowded={ordered.length > CROWD_TILES}
              isLeaving={!wanted.includes(traceId)}
              onFacts={onFacts}
              onRemove={
                runIds.includes(traceId)
                  ? () => change({ ...address, runIds: runIds.filter((id) => id !== traceId) })
                  : undefined
              }
            />
          ))}
          {ordered.length === 0 &&
            loading &&
            Array.from({ length: 6 }, (_, i) => <div key={i} className="tile tile-loading" />)}
        </div>
        {isEmpty && error !== undefined && refused === undefined && (
          <ListError
            error={error}
            verb="Put on the board"
            onRun={(traceId) => change({ ...address, q: undefined, runIds: [traceId] })}
          />
        )}
        {isEmpty && error === undefined && q !== '' && (
          <NoMatch onClear={() => change({ ...address, q: '' })} />
        )}
        {isEmpty && error === undefined && q === '' && <FirstRun />}
      </div>
    </div>
  );
}
