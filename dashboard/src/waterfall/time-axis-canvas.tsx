import { useCallback, type ReactNode } from 'react';
import { TICK_PX } from './draw-bars.ts';
import { usePalette } from './palette.ts';
import { timeTicks } from './time-axis.ts';
import { toX } from './time-window.ts';
import { useCanvas, type Drawing } from './use-canvas.ts';
import type { TimeView } from './use-time-view.ts';

/** Time since the run's start, above the bars. */
export function TimeAxisCanvas({
  time,
  originUs,
  moveMs,
  changes,
}: {
  time: TimeView;
  originUs: number;
  moveMs: number;
  changes: string;
}): ReactNode {
  const palette = usePalette();
  const draw = useCallback(
    ({ context, width, height }: Drawing) => {
      const window = time.window();
      context.font = '11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
      context.textBaseline = 'middle';
      context.fillStyle = palette.quiet;
      context.strokeStyle = palette.line;
      context.beginPath();
      for (const { atUs, label } of timeTicks(window, originUs, width, TICK_PX)) {
        const x = Math.round(toX(window, width, atUs)) + 0.5;
        context.moveTo(x, height - 6);
        context.lineTo(x, height);
        // One that would be cut says nothing.
        if (x + context.measureText(label).width + 5 < width)
          context.fillText(label, x + 5, height / 2 + 0.5);
      }
      context.stroke();
    },
    [time, originUs, palette, changes],
  );
  return <canvas ref={useCanvas(draw, moveMs)} className="axis-canvas" aria-hidden />;
}
