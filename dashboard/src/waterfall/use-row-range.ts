import { useCallback, useEffect, useState } from 'react';
import { ROW_PX } from '../tree/row-height.ts';

/** Rows beyond both edges that are drawn, so that scrolling finds them there. */
const BEYOND = 10;
/** The range moves by so many rows: not every step of a scroll draws anew. */
const STEP = 5;

export interface RowRange {
  first: number;
  last: number;
  /** That there is room for. */
  seen: number;
}

/** Which rows of a scroller are to be drawn. */
export function useRowRange(scroller: HTMLElement | null, count: number): RowRange {
  const [place, setPlace] = useState({ row: 0, seen: 40 });
  const look = useCallback(() => {
    if (scroller === null) return;
    const row = Math.floor(scroller.scrollTop / ROW_PX / STEP) * STEP;
    const seen = Math.ceil(scroller.clientHeight / ROW_PX / STEP) * STEP + STEP;
    setPlace((before) => (before.row === row && before.seen === seen ? before : { row, seen }));
  }, [scroller]);
  useEffect(() => {
    if (scroller === null) return undefined;
    look();
    scroller.addEventListener('scroll', look, { passive: true });
    const observer = new ResizeObserver(look);
    observer.observe(scroller);
    return () => {
      scroller.removeEventListener('scroll', look);
      observer.disconnect();
    };
  }, [scroller, look]);
  // A tree that was folded may end before the place that was scrolled to.
  const row = Math.max(0, Math.min(place.row, count - place.seen));
  return {
    first: Math.max(0, row - BEYOND),
    last: Math.min(count, row + place.seen + BEYOND),
    seen: place.seen,
  };
}

/** Scrolls just so far that a row is seen, with a few of its neighbours. */
export function scrollToRow(scroller: HTMLElement, row: number): void {
  const margin = Math.min(3 * ROW_PX, scroller.clientHeight / 4);
  const top = row * ROW_PX;
  if (top < scroller.scrollTop + margin) scroller.scrollTop = Math.max(0, top - margin);
  else if (top + ROW_PX > scroller.scrollTop + scroller.clientHeight - margin)
    scroller.scrollTop = top + ROW_PX + margin - scroller.clientHeight;
}
