import type { Virtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';

/** Below the last row; nearer to the end than this, nothing is left to be read. */
export const PADDING_END_PX = 24;
const KEYS_AWAY: ReadonlySet<string> = new Set(['ArrowUp', 'PageUp', 'Home', 'Tab']);

/**
 * Holds the end of a list in view however much comes at once or is measured larger than estimated,
 * until the user goes up; scrolled down to the end, it is held again.
 *
 * That the user goes up is told by the hand, not by the position: rows that are measured move that,
 * too, in either direction.
 *
 * @param isOn growth is that of the present
 * @param isLive rows come by themselves
 */
export function useHeldEnd(
  scroller: RefObject<HTMLElement | null>,
  virtualizer: Virtualizer<HTMLDivElement, Element>,
  isOn: boolean,
  isLive: boolean,
): { isMoreBelow: boolean; hold: () => void; letGo: () => void } {
  const { count } = virtualizer.options;
  const totalPx = virtualizer.getTotalSize();
  const viewPx = virtualizer.scrollRect?.height;
  const isMounted = count > 0;
  /** Undefined: nobody has decided yet, as in a run that was joined at its beginning. */
  const isHeld = useRef<boolean>(undefined);
  const lastCount = useRef(count);
  const [isMoreBelow, setMoreBelow] = useState(false);

  const hold = useCallback(() => {
    isHeld.current = true;
    setMoreBelow(false);
    virtualizer.scrollToEnd();
  }, [virtualizer]);
  const letGo = useCallback(() => {
    isHeld.current = false;
  }, []);

  useLayoutEffect(() => {
    const isAppended = lastCount.current > 0 && count > lastCount.current;
    lastCount.current = count;
    const element = scroller.current;
    if (element === null) return;
    // All of it was in view: what comes to it is followed.
    const isFirstBelow = isHeld.current === undefined && isLive && isAppended && !isMoreBelow;
    if (isOn && (isHeld.current === true || isFirstBelow)) hold();
    else setMoreBelow(leftPx(element) > PADDING_END_PX);
  }, [count, totalPx, viewPx, isOn]);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    let lastTop = element.scrollTop;
    const goUp = (): void => {
      if (element.scrollHeight <= element.clientHeight) return;
      letGo();
      // Else it would go on to where it was sent; and having been sent there is no going down.
      virtualizer.cancelScroll();
      lastTop = element.scrollTop;
      setMoreBelow(leftPx(element) > PADDING_END_PX);
    };
    const onWheel = ({ deltaY }: WheelEvent): void => {
      if (deltaY < 0) goUp();
    };
    const onKey = ({ key, shiftKey }: KeyboardEvent): void => {
      if (KEYS_AWAY.has(key) || (key === ' ' && shiftKey)) goUp();
    };
    const onPointer = ({ target, offsetX }: PointerEvent): void => {
      const isScrollbar = target === element && offsetX >= element.clientWidth;
      if (isScrollbar) goUp();
    };
    const onScroll = (): void => {
      const isDown = element.scrollTop > lastTop;
      lastTop = element.scrollTop;
      const isEnd = leftPx(element) <= PADDING_END_PX;
      if (isEnd && isDown) isHeld.current = true;
      setMoreBelow(!isEnd && isHeld.current !== true);
    };
    const passive = { passive: true };
    element.addEventListener('wheel', onWheel, passive);
    element.addEventListener('touchmove', goUp, passive);
    element.addEventListener('keydown', onKey);
    element.addEventListener('pointerdown', onPointer);
    element.addEventListener('scroll', onScroll, passive);
    return () => {
      element.removeEventListener('wheel', onWheel);
      element.removeEventListener('touchmove', goUp);
      element.removeEventListener('keydown', onKey);
      element.removeEventListener('pointerdown', onPointer);
      element.removeEventListener('scroll', onScroll);
    };
  }, [scroller, virtualizer, isMounted, letGo]);

  return { isMoreBelow, hold, letGo };
}

function leftPx({ scrollHeight, scrollTop, clientHeight }: HTMLElement): number {
  return scrollHeight - scrollTop - clientHeight;
}
