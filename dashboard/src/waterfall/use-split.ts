import { useCallback, useEffect, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { storedValue } from '../page/stored-value.ts';

const kept = storedValue('tree-share');
const LEAST = 0.2;
const MOST = 0.85;
const STEP = 0.03;

export interface Split {
  /** Of the tree, in pixels. */
  leftPx: number;
  handle: {
    onPointerDown: (event: PointerEvent<HTMLElement>) => void;
    onPointerMove: (event: PointerEvent<HTMLElement>) => void;
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
    onDoubleClick: () => void;
    'aria-valuenow': number;
    'aria-valuemin': number;
    'aria-valuemax': number;
  };
}

/** How the width is shared between the tree and the waterfall; kept for the next time. */
export function useSplit(host: HTMLElement | null): Split {
  const [share, setShare] = useState(stored);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (host === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(host.clientWidth));
    observer.observe(host);
    setWidth(host.clientWidth);
    return () => observer.disconnect();
  }, [host]);
  const set = useCallback((next: number | undefined) => {
    const chosen = next === undefined ? undefined : Math.min(MOST, Math.max(LEAST, next));
    setShare(chosen);
    kept.write(chosen?.toFixed(3));
  }, []);
  // On a phone the names need most of it.
  const shown = share ?? (width < 640 ? 0.68 : width < 1_000 ? 0.5 : 0.42);
  return {
    leftPx: Math.round(width * shown),
    handle: {
      onPointerDown: (event) => event.currentTarget.setPointerCapture(event.pointerId),
      onPointerMove: (event) => {
        if (host === null || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
        const box = host.getBoundingClientRect();
        set((event.clientX - box.left) / box.width);
      },
      onKeyDown: (event) => {
        const step = event.key === 'ArrowLeft' ? -STEP : event.key === 'ArrowRight' ? STEP : 0;
        if (step === 0) return;
        event.preventDefault();
        event.stopPropagation();
        set(shown + step);
      },
      onDoubleClick: () => set(undefined),
      'aria-valuenow': Math.round(shown * 100),
      'aria-valuemin': LEAST * 100,
      'aria-valuemax': MOST * 100,
    },
  };
}

function stored(): number | undefined {
  const share = Number(kept.read() ?? Number.NaN);
  return share >= LEAST && share <= MOST ? share : undefined;
}
