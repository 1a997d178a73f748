import { useEffect, useReducer } from 'react';
import type { RunSource } from '../run/run-source.ts';
import { outlineOf, type Outline } from './outline.ts';

const MANY_SPANS = 2_000;
/** After this, no other source comes that would bring what is missing. */
const LAST_MS = 700;

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
    if (outline === undefined || !Number.isFinite(waitMs)) return undefined;
    // A large run's source comes at a pace of its own, and brings what is missing with it.
    const isLarge = outline.spans.length > MANY_SPANS;
    const timer = setTimeout(again, isLarge ? Math.max(waitMs, LAST_MS) : waitMs);
    return () => clearTimeout(timer);
  }, [outline, revision, version]);
  return { outline, revision };
}
