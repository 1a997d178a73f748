import { useEffect, useReducer } from 'react';
import type { RunSource } from '../run/run-source.ts';
import { outlineOf, type Outline } from './outline.ts';

const now = (): number => performance.now();

/** The outline of what is shown, made anew as the run grows; `revision` tells one from the next. */
export function useOutline({ tree, version }: RunSource): {
  outline: Outline | undefined;
  revision: number;
} {
  const [, again] = useReducer((count: number) => count + 1, 0);
  const outline = tree === undefined ? undefined : outlineOf(tree);
  outline?.refresh(now);
  const revision = outline?.revision ?? 0;
  useEffect(() => {
    const waitMs = outline?.waitMs(now()) ?? Number.POSITIVE_INFINITY;
    if (!Number.isFinite(waitMs)) return undefined;
    const timer = setTimeout(again, waitMs);
    return () => clearTimeout(timer);
  }, [outline, revision, version]);
  return { outline, revision };
}
