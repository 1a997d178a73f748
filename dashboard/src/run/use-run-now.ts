import { useEffect, useState } from 'react';
import type { RunSource } from './run-source.ts';
import { isOver } from './use-agent-clock.ts';

const TICK_MS = 100;

/** The run's now, going on between the source's changes while `ticking` and more may come. */
export function useRunNowUs(source: RunSource, ticking: boolean): number {
  const { nowUs } = source;
  const runs = ticking && !isOver(source);
  const [passedUs, setPassedUs] = useState(0);
  useEffect(() => {
    setPassedUs(0);
    if (!runs) return undefined;
    const beganMs = performance.now();
    const timer = setInterval(
      () => setPassedUs(Math.round((performance.now() - beganMs) * 1_000)),
      TICK_MS,
    );
    return () => clearInterval(timer);
  }, [nowUs, runs]);
  return runs ? nowUs + passedUs : nowUs;
}
