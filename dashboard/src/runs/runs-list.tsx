import { useConnection } from '@spantail/client/react';
import type { RunRow } from '@spantail/protocol';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type ReactNode, type RefObject } from 'react';
import { useWallClockUs } from '../format/use-wall-clock.ts';
import type { ListAddress, SortField } from './list-address.ts';
import { RunListRow, rowId } from './run-row.tsx';
import { RunsHeading } from './runs-heading.tsx';
import { useNarrow } from './use-narrow.ts';
import { useNewIds } from './use-new-ids.ts';

const ROW = { px: 48, gapPx: 0 };
const CARD = { px: 106, gapPx: 8 };
/** It stands in front of the rows in what scrolls. */
const HEADING_PX = 40;
/** More is asked for when the end is as near as this. */
const NEAR_ROWS = 15;

export interface RunsListProps {
  rows: readonly RunRow[];
  sort: ListAddress['sort'];
  onSort: (field: SortField) => void;
  activeId: string | undefined;
  picked: ReadonlySet<string>;
  onOpen: (traceId: string) => void;
  onPick: (traceId: string) => void;
  hasMore: boolean;
  loadMore: () => void;
  /** What scrolls. */
  scroller: RefObject<HTMLDivElement | null>;
  /** What has the focus while keys move in it. */
  list: RefObject<HTMLDivElement | null>;
  /** Another question: nothing of its answer slides in. */
  question: string;
}

/** Runs as a table of which only what is seen is drawn. */
export function RunsList({
  rows,
  sort,
  onSort,
  activeId,
  picked,
  onOpen,
  onPick,
  hasMore,
  loadMore,
  scroller,
  list,
  question,
}: RunsListProps): ReactNode {
  const { px, gapPx } = useNarrow() ? CARD : ROW;
  const nowUs = useWallClockUs(1_000);
  // While the gateway is away nobody knows who is silent. Nothing is told of a connection that was
  // there before.
  const connection = useConnection();
  const isLive = connection === undefined || connection.kind === 'open';
  const newIds = useNewIds(rows, question);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => px + gapPx,
    getItemKey: (index) => rows[index]?.traceId ?? index,
    overscan: 10,
    scrollPaddingEnd: HEADING_PX,
  });
  useEffect(() => virtual.measure(), [virtual, px]);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const isNearEnd = hasMore && last >= rows.length - NEAR_ROWS;
  useEffect(() => {
    if (isNearEnd) loadMore();
  }, [isNearEnd, loadMore, rows.length]);
  const activeIndex = rows.findIndex(({ traceId }) => traceId === activeId);
  const isActiveDrawn = activeId !== undefined && items.some(({ index }) => index === activeIndex);
  const shownActive = useRef<string>(undefined);
  useEffect(() => {
    // Only when another is chosen: the list scrolls freely otherwise.
    if (shownActive.current === activeId) return;
    shownActive.current = activeId;
    if (activeIndex < 0) return;
    virtual.scrollToIndex(activeIndex);
    list.current?.focus({ preventScroll: true });
  }, [virtual, activeId, activeIndex, list]);
  return (
    <div
      ref={list}
      role="grid"
      tabIndex={0}
      aria-activedescendant={isActiveDrawn ? rowId(activeId) : undefined}
      aria-label="Runs"
      aria-rowcount={hasMore ? -1 : rows.length + 1}
      aria-multiselectable
      className="runs-grid"
    >
      <RunsHeading sort={sort} onSort={onSort} />
      <div role="rowgroup" className="runs-rows" style={{ height: virtual.getTotalSize() }}>
        {items.map(({ index, key, start }) => {
          const run = rows[index];
          if (run === undefined) return null;
          return (
            <RunListRow
              key={key}
              run={run}
              rowNumber={index + 2}
              style={{ transform: `translateY(${start}px)`, height: px }}
              nowUs={nowUs}
              isLive={isLive}
              isActive={run.traceId === activeId}
              isPicked={picked.has(run.traceId)}
              isNew={newIds.has(run.traceId)}
              onOpen={onOpen}
              onPick={onPick}
            />
          );
        })}
      </div>
    </div>
  );
}
