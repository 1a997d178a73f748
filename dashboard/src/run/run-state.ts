import {
  rootOf,
  type RunRow,
  type RunStatus,
  type RunTree,
  type SpanNode,
} from '@spantail/protocol';
import type { RunSource } from './run-source.ts';
import { isOver } from './use-agent-clock.ts';

/**
 * How the run stands at what is shown of it. `undefined`: nobody knows yet, or any more.
 *
 * @param settled whether it goes on or has ended, as was last known
 */
export function runStatus(
  source: RunSource,
  settled: 'live' | 'ended' | undefined,
  row: RunRow | undefined,
): RunStatus | undefined {
  const { tree, momentMs } = source;
  if (tree === undefined || tree.spanCount === 0) return undefined;
  if (momentMs === undefined) {
    if (settled === undefined) return undefined;
    // A run that is no longer watched may have ended since.
    if (settled === 'live') return isOver(source) ? undefined : 'running';
  } else if (tree.openCount > 0) return 'running';
  if ((row?.lostCount ?? 0) > 0) return 'lost';
  const root = rootOf(tree);
  if (root?.state === 'lost') return 'lost';
  return root?.status === 'error' ? 'error' : 'ok';
}

export interface Extent {
  root: SpanNode | undefined;
  startUs: number | undefined;
  /** `undefined`: it goes on. */
  endUs: number | undefined;
}

export function extentOf(tree: RunTree | undefined, newestUs: number | undefined): Extent {
  const root = tree === undefined || tree.spanCount === 0 ? undefined : rootOf(tree);
  const isOpen = tree === undefined || tree.openCount > 0;
  // Views without an outline have no newest time; the root's end is near enough.
  return { root, startUs: root?.startUs, endUs: isOpen ? undefined : (newestUs ?? root?.endUs) };
}
