import { useEffect, useReducer } from 'react';
import type { RunSource } from '../run/run-source.ts';
import { pumpOf } from './outline-pump.ts';
import { outlineOf, type Outline } from './outline.ts';

const now = (): number => performance.now();

/** The outline of what is shown, made anew as the run grows; `revision` tells one from the next. */
export function useOutline({ tree, version }: RunSource): {
  outline: Outline | undefined;
  revision: number;
} {
  const [, again] = useReducer((count: number) => count + 1, 0);
  const outline = tree === undefined ? undefined : outlineOf(tree);
  // Here and nowhere else: what is drawn of one outline is all of the same revision.
  outline?.refresh(now);
  const revision = outline?.revision ?? 0;
  useEffect(() => (outline === undefined ? undefined : pumpOf(outline).listen(again)), [outline]);
  useEffect(() => {
    if (outline === undefined) return undefined;
    if (outline.isLarge) {
      pumpOf(outline).ask();
      return undefined;
    }
    const waitMs = outline.waitMs(now());
    if (!Number.isFinite(waitMs)) return undefined;
    const timer = setTimeout(again, waitMs);
    return () => clearTimeout(timer);
  }, [outline, revision, version]);
  return { outline, revision };
}
