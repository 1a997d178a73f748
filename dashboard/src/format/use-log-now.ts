import { useEffect, useRef } from 'react';
import { RunClock } from '../run/run-clock.ts';

/**
 * What time it is by the log's clock, which says when a run was last active.
 *
 * @param newestUs the newest that the log is known to have
 * @param nowUs by this machine's clock
 * @param isLive what the log gets is known at once
 */
export function useLogNowUs(newestUs: number | undefined, nowUs: number, isLive: boolean): number {
  const clock = useRef(new RunClock());
  const wasLive = useRef(false);
  useEffect(() => {
    // What came with the end of a break may be as old as the break.
    const isNew = isLive && wasLive.current;
    wasLive.current = isLive;
    if (newestUs !== undefined) clock.current.observe(newestUs, Date.now() * 1_000, isNew);
  }, [newestUs, isLive]);
  return clock.current.nowUs(nowUs);
}
