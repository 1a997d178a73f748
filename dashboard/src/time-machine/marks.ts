import { MARK, type RunLog } from './run-log.ts';

/** What lies in each of the scrubber's columns. */
export interface Marks {
  /** Events, 0 to 1 of the fullest column. */
  density: Float64Array;
  /** Columns with a model call that began, with an error, with a lost span. */
  models: number[];
  errors: number[];
  lost: number[];
}

/** Where each of some events lies from the beginning, and what it is marked with. */
export interface Places {
  /** NaN: it is nowhere (yet). */
  placeAt(index: number): number;
  markAt(index: number): number;
}

/** One look at every event: a hundred thousand take about a millisecond. */
export function marksOfLog(log: RunLog, columns: number, skipWaits: boolean): Marks {
  return toMarks(log.count, columns, log.lengthMs(skipWaits), {
    placeAt: (i) => log.placeMs(i, skipWaits),
    markAt: (i) => log.marks(i),
  });
}

export function toMarks(count: number, columns: number, length: number, places: Places): Marks {
  const counts = new Float64Array(columns);
  const kinds = new Uint8Array(columns);
  for (let i = 0; i < count; i++) {
    const place = places.placeAt(i);
    if (Number.isNaN(place)) continue;
    const share = length <= 0 ? 0 : place / length;
    const column = Math.min(columns - 1, Math.floor(share * columns));
    counts[column] = (counts[column] ?? 0) + 1;
    kinds[column] = (kinds[column] ?? 0) | places.markAt(i);
  }
  return {
    density: scaled(counts),
    models: columnsWith(kinds, MARK.model),
    errors: columnsWith(kinds, MARK.error),
    lost: columnsWith(kinds, MARK.lost),
  };
}

/** A root, so that a single event is seen beside a burst of thousands. */
function scaled(counts: Float64Array): Float64Array {
  let most = 0;
  for (const count of counts) most = Math.max(most, count);
  return most === 0 ? counts : counts.map((count) => Math.sqrt(count / most));
}

function columnsWith(kinds: Uint8Array, mark: number): number[] {
  const columns: number[] = [];
  kinds.forEach((kind, column) => {
    if ((kind & mark) !== 0) columns.push(column);
  });
  return columns;
}
