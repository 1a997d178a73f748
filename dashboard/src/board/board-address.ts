import { isTraceId, type TraceId } from '@spantail/protocol';

export const TILE_COUNTS = [6, 12, 24, 40] as const;
const USUAL_COUNT = 12;
/** Runs that an address may name. */
const MOST_RUNS = 40;

/** What a board shows, as the page's address says it. */
export interface BoardAddress {
  /** Runs that are always there. */
  runIds: readonly TraceId[];
  /** The newest that match are there, too; empty: any run. `undefined`: only those named. */
  q: string | undefined;
  /** So many of the newest. */
  count: number;
  isDense: boolean;
}

/** An address is anybody's text: what it does not know is left out. */
export function readBoardAddress(search: URLSearchParams): BoardAddress {
  const runIds = [...new Set(search.getAll('run').filter(isTraceId))].slice(0, MOST_RUNS);
  const q = search.get('q') ?? (runIds.length === 0 ? '' : undefined);
  const count = TILE_COUNTS.find((one) => String(one) === search.get('count')) ?? USUAL_COUNT;
  return { runIds, q, count, isDense: search.get('density') === 'compact' };
}

/** The usual is not written. */
export function writeBoardAddress({ runIds, q, count, isDense }: BoardAddress): URLSearchParams {
  const search = new URLSearchParams(runIds.map((traceId): [string, string] => ['run', traceId]));
  if (q !== undefined && (q !== '' || runIds.length > 0)) search.set('q', q);
  if (count !== USUAL_COUNT) search.set('count', String(count));
  if (isDense) search.set('density', 'compact');
  return search;
}
