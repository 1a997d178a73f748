import { useLayoutEffect, useRef, type RefObject } from 'react';

const MOVE_MS = 350;

/** Moves what changed its place in a grid there, instead of letting it jump. Children have `data-id`. */
export function useFlip(grid: RefObject<HTMLElement | null>): void {
  const places = useRef(new Map<string, { left: number; top: number }>());
  useLayoutEffect(() => {
    const isStill = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    const before = places.current;
    const now = new Map<string, { left: number; top: number }>();
    for (const child of grid.current?.children ?? []) {
      if (!(child instanceof HTMLElement)) continue;
      const id = child.dataset['id'] ?? '';
      const place = { left: child.offsetLeft, top: child.offsetTop };
      const old = before.get(id);
      now.set(id, place);
      if (isStill || old === undefined) continue;
      const [x, y] = [old.left - place.left, old.top - place.top];
      if (x !== 0 || y !== 0)
        child.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: 'none' }], {
          duration: MOVE_MS,
          easing: 'ease-in-out',
        });
    }
    places.current = now;
  });
}
