import { useEffect, useRef, type RefObject } from 'react';

export interface Drawing {
  context: CanvasRenderingContext2D;
  /** In CSS pixels. */
  width: number;
  height: number;
}

/**
 * A canvas that is drawn when it or what it shows changes, sharp on any screen, and while
 * `isMoving` with every frame.
 */
export function useCanvas(
  draw: (drawing: Drawing) => void,
  isMoving: boolean,
): RefObject<HTMLCanvasElement | null> {
  const canvas = useRef<HTMLCanvasElement>(null);
  const newest = useRef(draw);
  useEffect(() => {
    newest.current = draw;
    drawOn(canvas.current, draw);
  }, [draw]);
  useEffect(() => {
    if (!isMoving) return undefined;
    let frame = requestAnimationFrame(function move() {
      drawOn(canvas.current, newest.current);
      frame = requestAnimationFrame(move);
    });
    return () => cancelAnimationFrame(frame);
  }, [isMoving]);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => drawOn(element, newest.current));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return canvas;
}

function drawOn(canvas: HTMLCanvasElement | null, draw: (drawing: Drawing) => void): void {
  const context = canvas?.getContext('2d');
  if (canvas === null || context === null || context === undefined) return;
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = window.devicePixelRatio;
  const [pixelWidth, pixelHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
  // Setting it clears the canvas and allocates anew.
  if (canvas.width !== pixelWidth) canvas.width = pixelWidth;
  if (canvas.height !== pixelHeight) canvas.height = pixelHeight;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  if (width > 0 && height > 0) draw({ context, width, height });
}
