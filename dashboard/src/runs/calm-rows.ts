import type { RunRow } from '@spantail/protocol';

export interface CalmRows {
  rows: readonly RunRow[];
  /** New runs that are held back, because they would move what is being read. */
  waitingCount: number;
}

/**
 * What to show of the newest list. While somebody reads, the rows stay where they are and only what
 * they say changes; new ones wait, other than those that come behind the last one.
 */
export function calmRows(
  shown: readonly RunRow[],
  newest: readonly RunRow[],
  isReading: boolean,
): CalmRows {
  if (!isReading || shown.length === 0) return { rows: newest, waitingCount: 0 };
  const shownIds = new Set(shown.map(({ traceId }) => traceId));
  const lastCommon = newest.findLastIndex(({ traceId }) => shownIds.has(traceId));
  const renewed = new Map(newest.map((row) => [row.traceId, row]));
  const kept = shown.map((row) => renewed.get(row.traceId) ?? row);
  const inFront = lastCommon === -1 ? newest : newest.slice(0, lastCommon + 1);
  const behind = lastCommon === -1 ? [] : newest.slice(lastCommon + 1);
  const rows = [...kept, ...behind];
  return {
    rows: isUnchanged(shown, rows) ? shown : rows,
    waitingCount: inFront.filter(({ traceId }) => !shownIds.has(traceId)).length,
  };
}

function isUnchanged(a: readonly RunRow[], b: readonly RunRow[]): boolean {
  return a.length === b.length && a.every((row, i) => row === b[i]);
}
