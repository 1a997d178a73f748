import { useLayoutEffect, useRef } from 'react';
import { rowOf } from '../tree/visible-rows.ts';
import { scrollToRow } from './use-row-range.ts';
import type { Timeline } from './use-timeline.ts';

/** Scrolls to what is selected when another span is, or when it comes to be a row. Not as rows grow. */
export function useReveal(scroller: HTMLElement | null, { selected, rows, fold }: Timeline): void {
  const revealed = useRef<unknown[]>([]);
  useLayoutEffect(() => {
    if (scroller === null || rows === undefined) return;
    const now = [scroller, selected, fold];
    if (now.every((part, i) => part === revealed.current[i])) return;
    const row = rowOf(rows, selected);
    // The rows of a large run come a little later than the span itself.
    if (row < 0) return;
    revealed.current = now;
    scrollToRow(scroller, row);
  }, [scroller, selected, fold, rows]);
}
