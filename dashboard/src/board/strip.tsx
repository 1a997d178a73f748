import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { usePalette, type Palette } from '../waterfall/palette.ts';
import { layOutStrip } from './strip-layout.ts';
import type { StripSpan } from './tile-facts.ts';

/** A run's waterfall, small: its shape, not its details. */
export function Strip({
  spans,
  nowUs,
}: {
  spans: readonly StripSpan[];
  /** Until when what is open is drawn. */
  nowUs: number;
}): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const colors = usePalette();
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setSize(entry.contentRect);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (canvas.current !== null && size.width > 0) draw(canvas.current, spans, size, nowUs, colors);
  }, [spans, size, nowUs, colors]);
  return <canvas ref={canvas} className="tile-strip" aria-hidden />;
}

function draw(
  canvas: HTMLCanvasElement,
  spans: readonly StripSpan[],
  { width, height }: { width: number; height: number },
  nowUs: number,
  colors: Palette,
): void {
  const ratio = window.devicePixelRatio;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.scale(ratio, ratio);
  for (const bar of layOutStrip(spans, { width, height }, nowUs)) {
    const { state, spanType } = bar.span;
    context.fillStyle =
      state === 'error' ? colors.error : state === 'lost' ? colors.lost : colors[spanType];
    // What goes on stands out from what is over.
    context.globalAlpha = state === 'closed' ? 0.55 : 1;
    context.fillRect(bar.x, bar.y, bar.width, bar.height);
  }
}
