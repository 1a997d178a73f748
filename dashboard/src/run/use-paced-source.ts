import { useEffect, useReducer, useRef } from 'react';
import type { RunSource } from './run-source.ts';

/** From so many spans on a run is drawn less often than it changes. */
const MANY_SPANS = 2_000;
const PACE_MS = 100;
/** Drawing one anew costs by its size: at 50,000 spans twice a second, and no frame in between waits. */
const PACE_MS_PER_SPAN = 0.01;
/** What happened before is rather to be all there soon than to be seen coming. */
const CATCH_UP_PACE_MS = 300;

/**
 * The source, for a large run a few times a second: at a thousand events a second every frame has a
 * new one, and nobody reads that fast. What is drawn on canvases moves on by itself.
 */
export function usePacedSource(source: RunSource): RunSource {
  const shown = useRef({ source, atMs: 0 });
  const [, again] = useReducer((count: number) => count + 1, 0);
  const { tree, status, momentMs } = source;
  const before = shown.current.source;
  const isSame = before.tree === tree && before.status === status && before.momentMs === momentMs;
  const nowMs = performance.now();
  const leastMs = status === 'catching-up' ? CATCH_UP_PACE_MS : PACE_MS;
  const spanCount = tree?.spanCount ?? 0;
  // In steps, so that not each span that comes makes it another one.
  const paceMs = Math.max(leastMs, Math.ceil((spanCount * PACE_MS_PER_SPAN) / 50) * 50);
  const waitMs =
    isSame && source !== before && spanCount > MANY_SPANS ? shown.current.atMs + paceMs - nowMs : 0;
  if (waitMs <= 0 && source !== before) shown.current = { source, atMs: nowMs };
  const isWaiting = waitMs > 0;
  useEffect(() => {
    if (!isWaiting) return undefined;
    const timer = setTimeout(again, paceMs);
    return () => clearTimeout(timer);
  }, [isWaiting, paceMs]);
  return shown.current.source;
}
