import type { Direction } from './picture.ts';

/** A frame so much higher than wide has more room downwards. */
const TALL = 1.2;
/** Columns beside each other could not be read in it. */
const NARROW_PX = 560;

/** Which way the picture goes in a frame. */
export function directionIn({ width, height }: { width: number; height: number }): Direction {
  return height > TALL * width || (width < NARROW_PX && height > width / 2) ? 'down' : 'right';
}
