import { memo, type ReactNode } from 'react';
import type { Marks } from './marks.ts';

const HEIGHT = 32;
/** Above the density, which is drawn below it. */
const TICKS = 8;

/** The marks as one drawing that is stretched over the scrubber. */
export const MarkLines = memo(function MarkLines({ marks }: { marks: Marks }): ReactNode {
  const { density, models, errors, lost } = marks;
  return (
    <svg
      className="tm-marks"
      viewBox={`0 0 ${density.length} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden
    >
      <path className="tm-density" d={densityPath(density)} />
      <path className="tm-model" d={ticks(models, 0, TICKS - 2)} />
      <path className="tm-lost" d={ticks(lost, 0, HEIGHT)} />
      <path className="tm-error" d={ticks(errors, 0, HEIGHT)} />
    </svg>
  );
});

function densityPath(density: Float64Array): string {
  let path = '';
  density.forEach((share, column) => {
    if (share === 0) return;
    const top = HEIGHT - Math.max(1.5, share * (HEIGHT - TICKS));
    path += `M${column} ${HEIGHT}V${top.toFixed(1)}h1V${HEIGHT}z`;
  });
  return path;
}

function ticks(columns: readonly number[], top: number, height: number): string {
  return columns.map((column) => `M${column} ${top}h1v${height}h-1z`).join('');
}
