import type { WatchedTree } from '@spantail/client';
import { toMarks, type Marks } from './marks.ts';
import { MARK } from './run-log.ts';

/** The same marks by what spans say of their times: roughly where the log has them. */
export function marksOfTree(tree: WatchedTree, columns: number, nowUs: number): Marks {
  let firstUs = Number.POSITIVE_INFINITY;
  let lastUs = 0;
  const times: number[] = [];
  const marks: number[] = [];
  const add = (timeUs: number | undefined, mark: number): void => {
    if (timeUs === undefined) return;
    firstUs = Math.min(firstUs, timeUs);
    lastUs = Math.max(lastUs, timeUs);
    times.push(timeUs);
    marks.push(mark);
  };
  for (const { span } of tree.walk()) {
    add(span.startUs, span.spanType === 'model' ? MARK.model : 0);
    const isLost = span.state === 'lost';
    add(span.endUs, (span.status === 'error' ? MARK.error : 0) | (isLost ? MARK.lost : 0));
  }
  if (tree.openCount > 0) lastUs = Math.max(lastUs, nowUs);
  return toMarks(times.length, columns, lastUs - firstUs, {
    placeAt: (i) => (times[i] ?? firstUs) - firstUs,
    markAt: (i) => marks[i] ?? 0,
  });
}
