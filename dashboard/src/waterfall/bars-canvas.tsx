import type { SpanNode } from '@spantail/protocol';
import { useCallback, type ReactNode } from 'react';
import { ROW_PX } from '../tree/row-height.ts';
import type { VisibleRows } from '../tree/visible-rows.ts';
import type { CriticalSegment } from './critical-path.ts';
import { drawBars } from './draw-bars.ts';
import { usePalette } from './palette.ts';
import { useCanvas, type Drawing } from './use-canvas.ts';
import type { TimeView } from './use-time-view.ts';

const PULSE_MS = 1_400;

export interface BarsCanvasProps {
  rows: VisibleRows;
  first: number;
  last: number;
  /** Rows that there is room for. */
  seen: number;
  time: TimeView;
  moveMs: number;
  selected: SpanNode | undefined;
  critical: ReadonlyMap<SpanNode, readonly CriticalSegment[]> | undefined;
  /** Any other value: something else is to be drawn. */
  changes: string;
}

/** The bars beside the rows that are drawn. It scrolls with them, so the two never part. */
export function BarsCanvas({
  rows,
  first,
  last,
  seen,
  time,
  moveMs,
  selected,
  critical,
  changes,
}: BarsCanvasProps): ReactNode {
  const palette = usePalette();
  const draw = useCallback(
    (drawing: Drawing) => {
      const nowMs = performance.now();
      drawBars(drawing, {
        rows,
        first,
        last,
        window: time.window(),
        originUs: rows.outline.startUs ?? 0,
        nowUs: time.nowUs(),
        palette,
        selected,
        critical,
        pulse: prefersCalm.matches ? 0 : (1 + Math.sin((nowMs / PULSE_MS) * 2 * Math.PI)) / 2,
      });
    },
    // `changes` stands for what is changed in place.
    [rows, first, last, time, palette, selected, critical, changes],
  );
  const height = Math.max(seen, last - first) * ROW_PX;
  const canvas = useCanvas(draw, moveMs, height);
  return (
    <canvas
      ref={canvas}
      className="bars-canvas"
      aria-hidden
      style={{ top: first * ROW_PX, height }}
    />
  );
}

const prefersCalm = matchMedia('(prefers-reduced-motion: reduce)');
