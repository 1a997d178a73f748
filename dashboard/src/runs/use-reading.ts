import { useEffect, useState, type RefObject } from 'react';

/** Below this the list counts as being at its top. */
const TOP_PX = 8;
/** A pointer that rests for so long is no longer somebody reading. */
const RESTING_MS = 10_000;

/** Whether somebody reads the list: it is scrolled, pointed at, or some of its text is selected. */
export function useReading(
  list: RefObject<HTMLElement | null>,
  isShown: boolean,
): { isReading: boolean; stop: () => void } {
  const [isScrolled, setScrolled] = useState(false);
  const [isPointedAt, setPointedAt] = useState(false);
  const [isSelected, setSelected] = useState(false);
  useEffect(() => {
    const element = list.current;
    if (element === null) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onMove = (): void => {
      setPointedAt(true);
      clearTimeout(timer);
      timer = setTimeout(() => setPointedAt(false), RESTING_MS);
    };
    const onLeave = (): void => {
      clearTimeout(timer);
      setPointedAt(false);
    };
    const onScroll = (): void => setScrolled(element.scrollTop > TOP_PX);
    const onSelection = (): void => {
      const selection = document.getSelection();
      setSelected(
        selection !== null && !selection.isCollapsed && element.contains(selection.anchorNode),
      );
    };
    onScroll();
    element.addEventListener('pointermove', onMove);
    element.addEventListener('pointerleave', onLeave);
    element.addEventListener('scroll', onScroll, { passive: true });
    document.addEventListener('selectionchange', onSelection);
    return () => {
      clearTimeout(timer);
      element.removeEventListener('pointermove', onMove);
      element.removeEventListener('pointerleave', onLeave);
      element.removeEventListener('scroll', onScroll);
      document.removeEventListener('selectionchange', onSelection);
    };
  }, [list, isShown]);
  return {
    isReading: isScrolled || isPointedAt || isSelected,
    stop: () => {
      list.current?.scrollTo({ top: 0 });
      document.getSelection()?.removeAllRanges();
      setScrolled(false);
      setPointedAt(false);
      setSelected(false);
    },
  };
}
