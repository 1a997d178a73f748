import { useEffect, useState } from 'react';

/** This machine's time, renewed at each interval; while `ticking` is false it stands. */
export function useNowUs(intervalMs: number, ticking = true): number {
  const [nowUs, setNowUs] = useState(readNowUs);
  useEffect(() => {
    if (!ticking) return undefined;
    setNowUs(readNowUs());
    const timer = setInterval(() => setNowUs(readNowUs()), intervalMs);
    return () => clearInterval(timer);
  }, [intervalMs, ticking]);
  return nowUs;
}

function readNowUs(): number {
  return Date.now() * 1_000;
}
