import { useLayoutEffect, type RefObject } from 'react';

/** So near to the end counts as the end. */
const SLACK_PX = 24;

/**
 * Keeps the end of what grows in view, until the reader scrolls up; scrolled to the end it holds on
 * again. The scroller's content is its first child: some of it comes a while after it was rendered.
 */
export function usePinned(element: RefObject<HTMLElement | null>, active: boolean): void {
  useLayoutEffect(() => {
    const scroller = element.current;
    const content = scroller?.firstElementChild;
    if (!active || scroller === null || content === null || content === undefined) return undefined;
    let isPinned = true;
    let lastTop = scroller.scrollTop;
    const toEnd = (): void => {
      if (!isPinned) return;
      scroller.scrollTop = scroller.scrollHeight;
      lastTop = scroller.scrollTop;
    };
    const onScroll = (): void => {
      const isUp = scroller.scrollTop < lastTop - 1;
      lastTop = scroller.scrollTop;
      const left = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
      // What grows by itself leaves the end too: only a move upwards lets go.
      if (left <= SLACK_PX) isPinned = true;
      else if (isUp) isPinned = false;
    };
    const observer = new ResizeObserver(toEnd);
    observer.observe(content);
    scroller.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      observer.disconnect();
      scroller.removeEventListener('scroll', onScroll);
    };
  }, [element, active]);
}
