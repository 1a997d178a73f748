import { useEffect, useState } from 'react';

/** Steps of what is drawn as growing. */
const STEP_MS = 250;

/** The present in microseconds since 1970; goes on while something is open. */
export function useNowUs(isGoingOn: boolean): number {
  const [nowUs, setNowUs] = useState(() => Date.now() * 1_000);
  useEffect(() => {
    setNowUs(Date.now() * 1_000);
    if (!isGoingOn) return undefined;
    const timer = setInterval(() => setNowUs(Date.now() * 1_000), STEP_MS);
    return () => clearInterval(timer);
  }, [isGoingOn]);
  return nowUs;
}
