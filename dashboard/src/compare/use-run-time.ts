import type { RunView } from '@spantail/client/react';
import { useWallClockUs } from '../format/use-wall-clock.ts';
import { isOver, useAgentClock } from '../run/use-agent-clock.ts';
import type { RunSource } from '../run/run-source.ts';

const TICK_MS = 250;

/** What time it is for a run, by the clock of its agent; it goes on while something of it is open. */
export function useRunTimeUs(view: RunView): number {
  const { traceId, tree, version, status, run } = view;
  const source: RunSource = {
    traceId,
    tree,
    version,
    status,
    momentMs: undefined,
    nowUs: 0,
    load: (payload) =>
      run === undefined ? Promise.reject(new Error('the run is not watched')) : run.load(payload),
  };
  const isGoingOn = !isOver(source) && (tree?.openCount ?? 0) > 0;
  const nowUs = useWallClockUs(TICK_MS, isGoingOn);
  return useAgentClock({ ...source, nowUs }).nowUs;
}
