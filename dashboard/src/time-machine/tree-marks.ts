import { SPAN_TYPES } from '@spantail/protocol';
import { ITSELF } from '../tree/outline-columns.ts';
import type { Outline } from '../tree/outline.ts';
import { toMarks, type Marks } from './marks.ts';
import { MARK } from './run-log.ts';

const MODEL = SPAN_TYPES.indexOf('model');

/**
 * The same marks by what spans say of their times: roughly where the log has them. Each span counts
 * twice, where it starts and where it ends.
 */
export function marksOfTree(outline: Outline, columns: number, nowUs: number): Marks {
  const { spans, startUs = 0, newestUs = 0, newestOpen } = outline;
  const { startsUs, endsUs, trouble, types } = outline.columns;
  const lastUs = newestOpen === undefined ? newestUs : Math.max(newestUs, nowUs);
  const isStart = (i: number): boolean => i % 2 === 0;
  return toMarks(2 * spans.length, columns, lastUs - startUs, {
    placeAt: (i) => ((isStart(i) ? startsUs : endsUs)[i >> 1] ?? Number.NaN) - startUs,
    markAt: (i) => {
      if (isStart(i)) return types[i >> 1] === MODEL ? MARK.model : 0;
      if (trouble[i >> 1] !== ITSELF) return 0;
      return spans[i >> 1]?.state === 'lost' ? MARK.lost : MARK.error;
    },
  });
}
