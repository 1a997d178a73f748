import { useEffect, useState } from 'react';
import type { RunSource } from '../run/run-source.ts';

const TICK_MS = 100;

/** The source's now, going on between its changes while `ticking`. */
export function useNowUs(source: RunSource, ticking: boolean): number {
  const { nowUs, momentMs, status } = source;
  const runs = ticking && momentMs === undefined && status !== 'ended' && status !== 'closed';
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
