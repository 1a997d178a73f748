import { rootOf, type SpanNode } from '@spantail/protocol';
import { useMemo, useRef } from 'react';
import type { RunSource } from '../run/run-source.ts';
import { criticalPath, type CriticalSegment } from './critical-path.ts';

/** While a run grows it is found anew so often. */
const RENEW_MS = 500;

export type CriticalMap = ReadonlyMap<SpanNode, readonly CriticalSegment[]>;

/** The critical path by span, while it is wanted. */
export function useCritical(
  { tree, version, nowUs }: RunSource,
  isWanted: boolean,
): CriticalMap | undefined {
  const last = useRef<{ tree: unknown; atMs: number; map: CriticalMap }>(undefined);
  return useMemo(() => {
    if (!isWanted || tree === undefined || tree.spanCount === 0) {
      last.current = undefined;
      return undefined;
    }
    const nowMs = performance.now();
    if (last.current?.tree === tree && nowMs - last.current.atMs < RENEW_MS)
      return last.current.map;
    const map = new Map<SpanNode, CriticalSegment[]>();
    const root = rootOf(tree);
    if (root !== undefined)
      for (const segment of criticalPath(root, nowUs)) {
        const list = map.get(segment.span);
        if (list === undefined) map.set(segment.span, [segment]);
        else list.push(segment);
      }
    last.current = { tree, atMs: nowMs, map };
    return map;
  }, [isWanted, tree, version, nowUs]);
}
