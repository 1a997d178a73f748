import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { SpanNode } from '@spantail/protocol';
import { rowOf, type VisibleRows } from '../tree/visible-rows.ts';
import { scrollToRow } from './use-row-range.ts';

/**
 * Keeps the newest open span in sight while the run goes on. The user lets go of it by scrolling up
 * (or by selecting something, which is to read it), and takes it up again by asking for it.
 */
export function useFollow(
  scroller: HTMLElement | null,
  rows: VisibleRows | undefined,
  newest: SpanNode | undefined,
  isGoingOn: boolean,
): { isFollowing: boolean; setFollowing: (following: boolean) => void } {
  const [isFollowing, setFollowing] = useState(true);
  /** Where it stood when it was last looked at. */
  const top = useRef(0);
  useEffect(() => {
    if (scroller === null) return undefined;
    const onScroll = (): void => {
      const { scrollTop, scrollHeight, clientHeight } = scroller;
      // A tree that got shorter moves it up, too; then it stands at the end.
      if (scrollTop < top.current - 2 && scrollTop + clientHeight < scrollHeight - 2)
        setFollowing(false);
      top.current = scrollTop;
    };
    scroller.addEventListener('scroll', onScroll, { passive: true });
    return () => scroller.removeEventListener('scroll', onScroll);
  }, [scroller]);
  const isOn = isFollowing && isGoingOn;
  useLayoutEffect(() => {
    if (!isOn || scroller === null || rows === undefined) return;
    const row = rowOf(rows, newest);
    if (row < 0) return;
    scrollToRow(scroller, row);
    top.current = scroller.scrollTop;
  }, [isOn, scroller, rows, newest]);
  return { isFollowing: isOn, setFollowing: useCallback(setFollowing, []) };
}
