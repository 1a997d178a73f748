import { useCallback, useEffect, useLayoutEffect, useRef, type RefObject } from 'react';

export interface Drawing {
  context: CanvasRenderingContext2D;
  /** In CSS pixels. */
  width: number;
  height: number;
}

/** A canvas that is drawn when it or what it shows changes, sharp on any screen. */
export function useCanvas(
  draw: (drawing: Drawing) => void,
  /** Drawn again so often, because what it shows moves by itself; 0: it does not. */
  moveMs: number,
  /** Of one that is given its height by what is drawn, so that it is right at once. */
  givenHeight?: number,
): RefObject<HTMLCanvasElement | null> {
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawnAtMs = useRef(0);
  const newest = useRef({ draw, givenHeight });
  /** Observed: to ask for it while drawing would have the page laid out each time. */
  const size = useRef({ width: 0, height: 0 });
  const show = useCallback(() => {
    const { draw: current, givenHeight: given } = newest.current;
    const { width, height } = size.current;
    drawnAtMs.current = performance.now();
    drawOn(canvas.current, width, given ?? height, current);
  }, []);
  // Before the page is painted: rows that moved and their bars move in one frame.
  useLayoutEffect(() => {
    newest.current = { draw, givenHeight };
    show();
  }, [draw, givenHeight, show]);
  useEffect(() => {
    if (moveMs === 0) return undefined;
    let frame = requestAnimationFrame(function move(nowMs) {
      if (nowMs - drawnAtMs.current >= moveMs) show();
      frame = requestAnimationFrame(move);
    });
    return () => cancelAnimationFrame(frame);
  }, [moveMs, show]);
  useLayoutEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    size.current = { width: element.clientWidth, height: element.clientHeight };
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      const { width, height } = entry.contentRect;
      const before = size.current;
      size.current = { width, height };
      if (before.width !== width || newest.current.givenHeight === undefined) show();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [show]);
  return canvas;
}

function drawOn(
  canvas: HTMLCanvasElement | null,
  width: number,
  height: number,
  draw: (drawing: Drawing) => void,
): void {
  const context = canvas?.getContext('2d');
  if (canvas === null || context === null || context === undefined) return;
  const ratio = window.devicePixelRatio;
  const [pixelWidth, pixelHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
  // Setting it clears the canvas and allocates anew.
  if (canvas.width !== pixelWidth) canvas.width = pixelWidth;
  if (canvas.height !== pixelHeight) canvas.height = pixelHeight;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  if (width > 0 && height > 0) draw({ context, width, height });
}
