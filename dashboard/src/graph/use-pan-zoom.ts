import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';

import type { FrameSize } from './use-frame-size.ts';

export interface View {
  x: number;
  y: number;
  scale: number;
}

const LEAST_SCALE = 0.1;
const MOST_SCALE = 2.5;
const MARGIN_PX = 24;
/** Small pictures are not blown up when they are fitted. */
const MOST_FITTED_SCALE = 1.1;

export interface PanZoom {
  view: View;
  /** Moved by hand: it is no longer fitted when the picture grows. */
  isMoved: boolean;
  fit: () => void;
  zoomBy: (factor: number) => void;
  panBy: (x: number, y: number) => void;
}

/** A picture in a frame: dragged, zoomed by the wheel, fitted until it is moved. */
export function usePanZoom(
  frame: RefObject<HTMLElement | null>,
  frameSize: FrameSize,
  width: number,
  height: number,
): PanZoom {
  const [view, setView] = useState<View>({ x: 0, y: 0, scale: 1 });
  const [isMoved, setMoved] = useState(false);
  useLayoutEffect(() => {
    if (isMoved || width === 0 || frameSize.width === 0) return;
    setView(fitted(frameSize.width, frameSize.height, width, height));
  }, [isMoved, width, height, frameSize]);

  const zoomAt = useCallback((factor: number, x: number, y: number) => {
    setMoved(true);
    setView((before) => {
      const scale = Math.max(LEAST_SCALE, Math.min(MOST_SCALE, before.scale * factor));
      const ratio = scale / before.scale;
      return { scale, x: x - (x - before.x) * ratio, y: y - (y - before.y) * ratio };
    });
  }, []);
  const panBy = useCallback((x: number, y: number) => {
    setMoved(true);
    setView((before) => ({ ...before, x: before.x + x, y: before.y + y }));
  }, []);

  const dragged = useRef<{ x: number; y: number }>(undefined);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const leaving = new AbortController();
    const { signal } = leaving;
    // React's own wheel listeners cannot keep the page from scrolling.
    element.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault();
        const box = element.getBoundingClientRect();
        zoomAt(Math.exp(-event.deltaY / 400), event.clientX - box.left, event.clientY - box.top);
      },
      { passive: false, signal },
    );
    element.addEventListener(
      'pointerdown',
      (event) => {
        if (event.button !== 0 || (event.target as Element).closest('button') !== null) return;
        dragged.current = { x: event.clientX, y: event.clientY };
        element.setPointerCapture(event.pointerId);
      },
      { signal },
    );
    element.addEventListener(
      'pointermove',
      (event) => {
        const from = dragged.current;
        if (from === undefined) return;
        panBy(event.clientX - from.x, event.clientY - from.y);
        dragged.current = { x: event.clientX, y: event.clientY };
      },
      { signal },
    );
    const drop = (): void => {
      dragged.current = undefined;
    };
    element.addEventListener('pointerup', drop, { signal });
    element.addEventListener('pointercancel', drop, { signal });
    return () => leaving.abort();
  }, [frame, zoomAt, panBy]);

  return {
    view,
    isMoved,
    fit: () => setMoved(false),
    zoomBy: (factor) => zoomAt(factor, frameSize.width / 2, frameSize.height / 2),
    panBy,
  };
}

function fitted(frameWidth: number, frameHeight: number, width: number, height: number): View {
  const scale = Math.max(
    LEAST_SCALE,
    Math.min(
      MOST_FITTED_SCALE,
      (frameWidth - 2 * MARGIN_PX) / width,
      (frameHeight - 2 * MARGIN_PX) / height,
    ),
  );
  return { scale, x: (frameWidth - width * scale) / 2, y: (frameHeight - height * scale) / 2 };
}
