import { SPAN_TYPES } from '@spantail/protocol';
import { ITSELF } from '../tree/outline-columns.ts';
import type { Outline } from '../tree/outline.ts';
import type { Palette } from './palette.ts';
import { toX, type TimeWindow } from './time-window.ts';
import { Strip } from './strip.ts';
import type { Drawing } from './use-canvas.ts';

/** Few spans would be thick bars, and many of them too thin to be seen. */
const MOST_LINE_PX = 4;
const LEAST_LINE_PX = 1.5;

/** All spans of the run, however many, in a strip; what failed on top. */
export function drawMinimap(
  { context, width, height }: Drawing,
  outline: Outline,
  whole: TimeWindow,
  nowUs: number,
  palette: Palette,
): void {
  const { spans, startsUs, endsUs, trouble, types } = outline.columns;
  const room = height - 6;
  const linePx = Math.min(MOST_LINE_PX, Math.max(LEAST_LINE_PX, room / Math.max(spans.length, 1)));
  const lineCount = Math.max(1, Math.floor(room / linePx));
  const columnCount = Math.ceil(width);
  const strips = Array.from({ length: lineCount }, () => new Strip(columnCount));
  const late: number[] = [];
  for (let i = 0; i < spans.length; i++) {
    if (trouble[i] === ITSELF) {
      late.push(i);
      continue;
    }
    const [x, right] = extent(i);
    // Nowhere, when neither its start nor its end came: behind a gap there are such.
    strips[lineOf(i, spans.length, lineCount)]?.take(x, right, types[i] ?? 0);
  }
  context.globalAlpha = 0.75;
  for (const [line, strip] of strips.entries())
    strip.eachRun((x, right, type) => {
      context.fillStyle = palette[SPAN_TYPES[type] ?? 'step'];
      context.fillRect(x, 3 + line * linePx, right - x, linePx);
    });
  context.globalAlpha = 1;
  for (const i of late) {
    const [x, right] = extent(i);
    context.fillStyle = spans[i]?.state === 'lost' ? palette.lost : palette.error;
    const line = lineOf(i, spans.length, lineCount);
    context.fillRect(x, 3 + line * linePx - 0.5, Math.max(right - x, 2), linePx + 1);
  }

  function extent(i: number): [number, number] {
    const startUs = startsUs[i] ?? Number.NaN;
    const endUs = endsUs[i] ?? Number.NaN;
    const fromUs = Number.isNaN(startUs) ? endUs : startUs;
    const toUs = Number.isNaN(endUs) ? nowUs : endUs;
    const x = Math.max(0, Math.floor(toX(whole, width, fromUs)));
    return [x, Math.min(columnCount, Math.max(Math.ceil(toX(whole, width, toUs)), x + 1))];
  }
}

function lineOf(index: number, count: number, lineCount: number): number {
  return count <= lineCount ? index : Math.floor((index / count) * lineCount);
}
