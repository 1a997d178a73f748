import type { StripSpan } from './tile-facts.ts';

/** A bar of the small waterfall, in pixels. */
export interface StripBar {
  x: number;
  y: number;
  width: number;
  height: number;
  span: StripSpan;
}

const TALLEST_PX = 8;
const GAP_PX = 1;
const NARROWEST_PX = 1.5;

/** Where each span is drawn; when there are more of them than lines, several share one. */
export function layOutStrip(
  spans: readonly StripSpan[],
  size: { width: number; height: number },
  nowUs: number,
): StripBar[] {
  const startUs = Math.min(...extremes(spans, ({ startUs: us }) => us, Math.min));
  const endUs = Math.max(...extremes(spans, (span) => span.endUs ?? nowUs, Math.max));
  const usPerPx = Math.max(1, endUs - startUs) / size.width;
  const linePx = Math.min(TALLEST_PX, size.height / Math.max(1, spans.length));
  const height = linePx > 3 ? linePx - GAP_PX : Math.max(1, linePx);
  return spans.map((span, i) => {
    const x = Math.min((span.startUs - startUs) / usPerPx, size.width - NARROWEST_PX);
    const lastUs = Math.max(span.startUs, span.endUs ?? nowUs);
    return {
      x,
      y: i * linePx,
      width: Math.max(NARROWEST_PX, Math.min((lastUs - span.startUs) / usPerPx, size.width - x)),
      height,
      span,
    };
  });
}

/** One number, or none of no spans; without spreading a long list over arguments. */
function extremes(
  spans: readonly StripSpan[],
  of: (span: StripSpan) => number,
  choose: (a: number, b: number) => number,
): [number] | [] {
  const [first] = spans;
  if (first === undefined) return [];
  return [spans.reduce((most, span) => choose(most, of(span)), of(first))];
}
