import type { RunRow } from '@spantail/protocol';
import { useRef } from 'react';

interface Seen {
  question: string;
  rows: readonly RunRow[];
  ids: ReadonlySet<string>;
  newIds: ReadonlySet<string>;
}

/** Runs that came in front of others since the question was first answered. */
export function useNewIds(rows: readonly RunRow[], question: string): ReadonlySet<string> {
  const seen = useRef<Seen | undefined>(undefined);
  const last = seen.current;
  if (last === undefined || last.question !== question || last.rows.length === 0)
    seen.current = { question, rows, ids: idsOf(rows), newIds: new Set() };
  else if (last.rows !== rows) {
    const lastOld = rows.findLastIndex(({ traceId }) => last.ids.has(traceId));
    const fresh = rows.slice(0, lastOld + 1).filter(({ traceId }) => !last.ids.has(traceId));
    const newIds = fresh.length === 0 ? last.newIds : idsOf(fresh);
    seen.current = { question, rows, ids: idsOf(rows), newIds };
  }
  return seen.current?.newIds ?? new Set();
}

function idsOf(rows: readonly RunRow[]): Set<string> {
  return new Set(rows.map(({ traceId }) => traceId));
}
