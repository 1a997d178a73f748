import { useEffect, useState } from 'react';

/**
 * The value, but another one at most every so many milliseconds: for what is derived by walking a
 * whole tree while the tree grows at every frame.
 */
export function usePaced<T>(value: T, intervalMs: number): T {
  const [paced, setPaced] = useState({ value, atMs: 0 });
  const waitMs = paced.atMs + intervalMs - performance.now();
  const isDue = waitMs <= 0;
  const isSame = Object.is(paced.value, value);
  useEffect(() => {
    if (isSame) return undefined;
    const take = (): void => setPaced({ value, atMs: performance.now() });
    if (isDue) {
      take();
      return undefined;
    }
    const timer = setTimeout(take, waitMs);
    return () => clearTimeout(timer);
  }, [value, isSame, isDue]);
  return paced.value;
}
