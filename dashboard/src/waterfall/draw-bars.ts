import type { SpanNode } from '@spantail/protocol';
import { formatDuration } from '../format/quantities.ts';
import { ITSELF } from '../tree/outline-columns.ts';
import { ROW_PX } from '../tree/row-height.ts';
import { spanAt, type VisibleRows } from '../tree/visible-rows.ts';
import type { CriticalSegment } from './critical-path.ts';
import type { Palette } from './palette.ts';
import { timeTicks } from './time-axis.ts';
import { toX, type TimeWindow } from './time-window.ts';
import type { Drawing } from './use-canvas.ts';

export const TICK_PX = 90;
const BAR_PX = 12;
const LEAST_BAR_PX = 2;
const LABEL_FONT = '11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

export interface BarsScene {
  rows: VisibleRows;
  first: number;
  last: number;
  window: TimeWindow;
  originUs: number;
  nowUs: number;
  palette: Palette;
  selected: SpanNode | undefined;
  /** By span; `undefined` when it is not asked for. */
  critical: ReadonlyMap<SpanNode, readonly CriticalSegment[]> | undefined;
  /** 0 to 1, of the pulse of what is open. */
  pulse: number;
}

/** The bars of the rows `first` to `last`, the first at the top edge. */
export function drawBars(drawing: Drawing, scene: BarsScene): void {
  const { context, width, height } = drawing;
  const { rows, first, last, window, originUs, palette, selected, nowUs } = scene;
  context.lineWidth = 1;
  context.strokeStyle = palette.line;
  context.globalAlpha = 0.7;
  context.beginPath();
  for (const { atUs } of timeTicks(window, originUs, width, TICK_PX)) {
    const x = Math.round(toX(window, width, atUs)) + 0.5;
    context.moveTo(x, 0);
    context.lineTo(x, height);
  }
  context.stroke();
  if (selected?.startUs !== undefined) {
    // What ran at the same time stands in the same band.
    const left = toX(window, width, selected.startUs);
    const right = toX(window, width, selected.endUs ?? nowUs);
    context.globalAlpha = 0.07;
    context.fillStyle = palette.accent;
    context.fillRect(left, 0, Math.max(right - left, 1), height);
  }
  context.globalAlpha = 1;
  context.font = LABEL_FONT;
  context.textBaseline = 'middle';
  for (let row = first; row < Math.min(last, rows.count); row++) {
    const span = spanAt(rows, row);
    if (span !== undefined) drawBar(drawing, scene, span, row);
  }
  context.globalAlpha = 1;
}

function drawBar({ context, width }: Drawing, scene: BarsScene, span: SpanNode, row: number): void {
  const { rows, first, window, nowUs, palette, critical } = scene;
  const { columns } = rows.outline;
  const index = rows.indices[row] ?? 0;
  const middle = (row - first) * ROW_PX + ROW_PX / 2;
  const { state } = span;
  const startUs = span.startUs ?? span.endUs;
  if (startUs === undefined) return;
  const endUs = Math.max(span.endUs ?? (state === 'open' ? nowUs : startUs), startUs);
  const left = toX(window, width, startUs);
  const right = Math.max(toX(window, width, endUs), left + LEAST_BAR_PX);
  const failed = columns.trouble[index] === ITSELF;
  const colour = failed
    ? state === 'lost'
      ? palette.lost
      : palette.error
    : palette[span.spanType];
  if (right < 0 || left > width) {
    drawOutside(context, right < 0, width, middle, colour);
    return;
  }
  // What is far outside makes canvases slow and dashes wrong.
  const x = Math.max(left, -20);
  const barWidth = Math.min(right, width + 20) - x;
  const hasChildren = (columns.ends[index] ?? index + 1) > index + 1;
  const dim = critical !== undefined && !critical.has(span) ? 0.3 : 1;
  context.fillStyle = colour;
  context.strokeStyle = colour;
  roundBar(context, x, middle, barWidth);
  context.globalAlpha = (hasChildren ? 0.28 : state === 'lost' ? 0.25 : 0.9) * dim;
  context.fill();
  if (hasChildren || state === 'lost') {
    context.globalAlpha = 0.8 * dim;
    context.stroke();
  }
  if (state === 'lost') hatch(context, x, middle, barWidth);
  if (state === 'open' && right < width + 20) drawOpenEnd(context, right, middle, scene.pulse);
  const segments = critical?.get(span);
  if (segments !== undefined) {
    context.globalAlpha = 1;
    context.fillStyle = palette.text;
    for (const { fromUs, toUs } of segments) {
      const from = Math.max(toX(window, width, fromUs), 0);
      const to = Math.min(toX(window, width, toUs), width);
      if (to > from) context.fillRect(from, middle + BAR_PX / 2 + 1, Math.max(to - from, 1), 2.5);
    }
  }
  // Nobody knows how long it took.
  if (span.startUs === undefined) return;
  context.globalAlpha = dim;
  context.fillStyle = failed ? colour : palette.quiet;
  label(context, formatDuration(endUs - startUs), left, right, width, middle, palette.text);
}

function roundBar(
  context: CanvasRenderingContext2D,
  x: number,
  middle: number,
  width: number,
): void {
  context.beginPath();
  context.roundRect(x, middle - BAR_PX / 2, width, BAR_PX, Math.min(3, width / 2));
}

/** An arrow at the edge that the bar is behind. */
function drawOutside(
  context: CanvasRenderingContext2D,
  isBefore: boolean,
  width: number,
  middle: number,
  colour: string,
): void {
  const [edge, inside] = isBefore ? [3, 8] : [width - 3, width - 8];
  context.globalAlpha = 0.5;
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(edge, middle);
  context.lineTo(inside, middle - 4);
  context.lineTo(inside, middle + 4);
  context.fill();
  context.globalAlpha = 1;
}

function hatch(context: CanvasRenderingContext2D, x: number, middle: number, width: number): void {
  context.save();
  context.clip();
  context.globalAlpha = 0.9;
  context.lineWidth = 1.5;
  context.beginPath();
  const top = middle - BAR_PX / 2;
  for (let at = x - BAR_PX; at < x + width; at += 6) {
    context.moveTo(at, top + BAR_PX);
    context.lineTo(at + BAR_PX, top);
  }
  context.stroke();
  context.restore();
}

/** The growing end glows. */
function drawOpenEnd(
  context: CanvasRenderingContext2D,
  x: number,
  middle: number,
  pulse: number,
): void {
  context.globalAlpha = 0.16 + 0.24 * pulse;
  context.beginPath();
  context.arc(x, middle, BAR_PX / 2 + 1 + 2 * pulse, 0, 2 * Math.PI);
  context.fill();
  context.globalAlpha = 1;
  context.beginPath();
  context.arc(x, middle, 3, 0, 2 * Math.PI);
  context.fill();
}

/** Behind the bar, else in front of it, else in it: wherever there is room. */
function label(
  context: CanvasRenderingContext2D,
  text: string,
  left: number,
  right: number,
  width: number,
  middle: number,
  inside: string,
): void {
  const room = context.measureText(text).width + 16;
  if (right + room < width) context.fillText(text, Math.max(right, 0) + 10, middle + 0.5);
  else if (left > room) context.fillText(text, left - room + 8, middle + 0.5);
  else if (right - left > room) {
    context.fillStyle = inside;
    context.fillText(text, Math.max(left, 0) + 8, middle + 0.5);
  }
}
