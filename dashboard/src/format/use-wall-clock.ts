import { useEffect, useState } from 'react';

/** This machine's time, renewed at each interval; while it does not go on, it stands. */
export function useWallClockUs(intervalMs: number, isGoingOn = true): number {
  const [nowUs, setNowUs] = useState(readNowUs);
  useEffect(() => {
    setNowUs(readNowUs());
    if (!isGoingOn) return undefined;
    const timer = setInterval(() => setNowUs(readNowUs()), intervalMs);
    return () => clearInterval(timer);
  }, [intervalMs, isGoingOn]);
  return nowUs;
}

function readNowUs(): number {
  return Date.now() * 1_000;
}
