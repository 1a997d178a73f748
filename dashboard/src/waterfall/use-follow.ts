import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { SpanNode } from '@spantail/protocol';
import { rowOf, type VisibleRows } from '../tree/visible-rows.ts';
import { scrollToRow } from './use-row-range.ts';

/** A browser rounds where it scrolls to. */
const SLACK_PX = 2;

/**
 * Keeps the newest open span in sight while the run goes on. The user lets go of it by scrolling (or
 * by selecting something, which is to read it), and takes it up again by asking for it.
 *
 * @param startsOn not when a link brought the user to one span of it
 */
export function useFollow(
  scroller: HTMLElement | null,
  rows: VisibleRows | undefined,
  newest: SpanNode | undefined,
  isGoingOn: boolean,
  startsOn: boolean,
): { isFollowing: boolean; setFollowing: (following: boolean) => void } {
  const [isFollowing, setFollowing] = useState(startsOn);
  /** Where it was put, or stood when it was last looked at. */
  const top = useRef(0);
  useEffect(() => {
    if (scroller === null) return undefined;
    const onScroll = (): void => {
      const { scrollTop, scrollHeight, clientHeight } = scroller;
      // The newest may stand far above what is read: any way that the user goes is away from it. But
      // a tree that got shorter moves it up as well, and then it stands at the end.
      const isCutShort =
        scrollTop < top.current && scrollTop + clientHeight >= scrollHeight - SLACK_PX;
      if (Math.abs(scrollTop - top.current) > SLACK_PX && !isCutShort) setFollowing(false);
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
