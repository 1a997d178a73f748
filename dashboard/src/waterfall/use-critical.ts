import { rootOf, type SpanNode } from '@spantail/protocol';
import type { RunSource } from '../run/run-source.ts';
import { usePacedMemo } from '../run/use-paced-memo.ts';
import { criticalPath, type CriticalSegment } from './critical-path.ts';

/** While a run grows it is found anew so often. */
const RENEW_MS = 500;

export type CriticalMap = ReadonlyMap<SpanNode, readonly CriticalSegment[]>;

/** The critical path by span, while it is wanted. */
export function useCritical(
  { tree, version, nowUs }: RunSource,
  isWanted: boolean,
): CriticalMap | undefined {
  const wanted = isWanted && tree !== undefined && tree.spanCount > 0 ? tree : undefined;
  return usePacedMemo(
    () => {
      if (wanted === undefined) return undefined;
      const map = new Map<SpanNode, CriticalSegment[]>();
      const root = rootOf(wanted);
      for (const segment of root === undefined ? [] : criticalPath(root, nowUs)) {
        const list = map.get(segment.span);
        if (list === undefined) map.set(segment.span, [segment]);
        else list.push(segment);
      }
      return map;
    },
    wanted,
    // What is open grows with the time.
    `${version} ${nowUs}`,
    RENEW_MS,
  );
}
