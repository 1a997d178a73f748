import { useMemo, useRef } from 'react';
import { usePaced } from './use-paced.ts';

/** What is derived rests for so many times as long as it took: a ninth of all time at most. */
const REST_FACTOR = 8;

/**
 * What is derived by walking a whole tree. While the tree grows at every frame it is derived less
 * often the longer it takes, and once more when the tree is quiet; of another tree, at once.
 *
 * @param leastMs it rests at least so long: for what nobody reads at every frame
 */
export function usePacedMemo<T>(derive: () => T, tree: unknown, version: unknown, leastMs = 0): T {
  const costMs = useRef(0);
  const paced = usePaced(version, Math.max(leastMs, costMs.current * REST_FACTOR));
  return useMemo(() => {
    const beganMs = performance.now();
    const derived = derive();
    costMs.current = performance.now() - beganMs;
    return derived;
  }, [tree, paced]);
}
