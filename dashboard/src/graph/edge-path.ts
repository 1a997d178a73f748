import type { Point } from './layered-layout.ts';
import type { Direction } from './picture.ts';

/** A smooth line through the points that leaves and arrives in the picture's direction. */
export function edgePath(points: readonly Point[], direction: Direction): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  let path = `M${at(first)}`;
  let from = first;
  for (const to of rest) {
    const isRight = direction === 'right';
    const bendX = isRight ? (to.x - from.x) / 2 : 0;
    const bendY = isRight ? 0 : (to.y - from.y) / 2;
    const leaving = { x: from.x + bendX, y: from.y + bendY };
    const arriving = { x: to.x - bendX, y: to.y - bendY };
    path += `C${at(leaving)} ${at(arriving)} ${at(to)}`;
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
