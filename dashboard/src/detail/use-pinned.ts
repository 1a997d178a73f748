import { useLayoutEffect, useRef, type RefObject } from 'react';

/** So near to the end counts as the end. */
const SLACK_PX = 24;

/**
 * Keeps the end of what grows in view, until the reader scrolls up; scrolled to the end it holds on
 * again. `grown` changes with whatever makes it longer.
 */
export function usePinned(
  element: RefObject<HTMLElement | null>,
  active: boolean,
  grown: unknown,
): void {
  const pinned = useRef(true);
  const lastTop = useRef(0);
  useLayoutEffect(() => {
    const scroller = element.current;
    if (scroller === null || !active) return undefined;
    pinned.current = true;
    const onScroll = (): void => {
      const isUp = scroller.scrollTop < lastTop.current - 1;
      lastTop.current = scroller.scrollTop;
      const left = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
      // What grows by itself leaves the end too: only a move upwards lets go.
      if (left <= SLACK_PX) pinned.current = true;
      else if (isUp) pinned.current = false;
    };
    scroller.addEventListener('scroll', onScroll, { passive: true });
    return () => scroller.removeEventListener('scroll', onScroll);
  }, [element, active]);
  useLayoutEffect(() => {
    const scroller = element.current;
    if (scroller === null || !active || !pinned.current) return;
    scroller.scrollTop = scroller.scrollHeight;
    lastTop.current = scroller.scrollTop;
  }, [element, active, grown]);
}
