import type { RunRow, RunStatus, TraceId } from '@spantail/protocol';

/** What a tile's place goes by. */
export interface TileStanding extends Pick<RunRow, 'status' | 'startUs'> {
  /** It goes on, but nothing has come of it for long. */
  isSilent: boolean;
}

/** What somebody should look at comes first. */
const RANKS: Readonly<Record<RunStatus, number>> = { running: 0, error: 1, lost: 2, ok: 3 };

/**
 * Running ones, of them first those that are silent, then those that failed; of each the newest first.
 * Unknown ones keep their place at the end.
 */
export function orderTiles(
  traceIds: readonly TraceId[],
  known: ReadonlyMap<TraceId, TileStanding>,
): TraceId[] {
  return traceIds.toSorted((a, b) => {
    const [left, right] = [known.get(a), known.get(b)];
    if (left === undefined || right === undefined)
      return Number(left === undefined) - Number(right === undefined);
    return (
      RANKS[left.status] - RANKS[right.status] ||
      Number(right.isSilent) - Number(left.isSilent) ||
      right.startUs - left.startUs
    );
  });
}
