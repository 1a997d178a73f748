import { useEffect, useMemo, useRef } from 'react';
import { outlineOf } from '../tree/outline.ts';
import { RunClock } from './run-clock.ts';
import type { RunSource } from './run-source.ts';

/** The same source with its present by the clock of the machine that the agent is on. */
export function useAgentClock(source: RunSource): RunSource {
  const clock = useRef(new RunClock());
  const { tree, version, status, momentMs, nowUs } = source;
  const isPresent = momentMs === undefined;
  useEffect(() => {
    if (!isPresent || tree === undefined) return;
    const { newestUs } = outlineOf(tree);
    if (newestUs !== undefined)
      clock.current.observe(newestUs, Date.now() * 1_000, status === 'live');
  }, [tree, version, status, isPresent]);
  const runNowUs = isPresent ? clock.current.nowUs(nowUs) : nowUs;
  return useMemo(
    () => (runNowUs === source.nowUs ? source : { ...source, nowUs: runNowUs }),
    [source, runNowUs],
  );
}

/** Nothing more comes of it by itself. */
export function isOver({ status, momentMs }: RunSource): boolean {
  return momentMs !== undefined || status === 'ended' || status === 'failed' || status === 'closed';
}
