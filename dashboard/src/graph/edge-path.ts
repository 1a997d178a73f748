import type { Point } from './layered-layout.ts';

/** A smooth line through the points, level where it leaves and where it arrives. */
export function edgePath(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  let path = `M${at(first)}`;
  let from = first;
  for (const to of rest) {
    const bend = (to.x - from.x) / 2;
    path += `C${at({ x: from.x + bend, y: from.y })} ${at({ x: to.x - bend, y: to.y })} ${at(to)}`;
    from = to;
  }
  return path;
}

/** Where its label stands: the middle of its middle stretch. */
export function middleOfPath(points: readonly Point[]): Point {
  const i = Math.max(0, Math.floor((points.length - 1) / 2));
  const a = points[i] ?? { x: 0, y: 0 };
  const b = points[i + 1] ?? a;
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function at({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
}
