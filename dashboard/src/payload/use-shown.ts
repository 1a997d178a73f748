import { useEffect, useState } from 'react';

/** Added in one frame: all at once would hold up the page. */
const FRAME_ITEMS = 60;

/** How many of a long list are on the page; what is asked for comes frame by frame. */
export function useShown(first: number, count: number): [shown: number, ask: (to: number) => void] {
  const [shown, setShown] = useState(first);
  const [asked, setAsked] = useState(first);
  const isGrowing = shown < Math.min(asked, count);
  useEffect(() => {
    if (!isGrowing) return undefined;
    const frame = requestAnimationFrame(() => setShown(Math.min(asked, shown + FRAME_ITEMS)));
    return () => cancelAnimationFrame(frame);
  }, [isGrowing, asked, shown]);
  return [shown, setAsked];
}
