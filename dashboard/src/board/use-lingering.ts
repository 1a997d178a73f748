import { useEffect, useRef, useState } from 'react';

/** What goes is left to look at for this long. */
const LINGER_MS = 8_000;

/** The ids, and behind them those that left a moment ago. Those of another `question` do not stay. */
export function useLingering(ids: readonly string[], question: string): readonly string[] {
  const left = useRef<{ question: string; ids: readonly string[]; since: Map<string, number> }>({
    question,
    ids,
    since: new Map(),
  });
  const [, wake] = useState(0);
  const state = left.current;
  if (state.question !== question) left.current = { question, ids, since: new Map() };
  else {
    const now = Date.now();
    for (const id of state.ids)
      if (!ids.includes(id) && !state.since.has(id)) state.since.set(id, now);
    for (const [id, sinceMs] of state.since)
      if (ids.includes(id) || now - sinceMs >= LINGER_MS) state.since.delete(id);
    state.ids = ids;
  }
  const leaving = [...left.current.since.keys()];
  const key = leaving.join(' ');
  useEffect(() => {
    if (key === '') return undefined;
    const timer = setInterval(() => wake((count) => count + 1), 1_000);
    return () => clearInterval(timer);
  }, [key]);
  return leaving.length === 0 ? ids : [...ids, ...leaving];
}
