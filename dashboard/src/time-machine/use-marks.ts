import type { RunSource } from '../run/run-source.ts';
import { usePacedMemo } from '../run/use-paced-memo.ts';
import { useOutline } from '../tree/use-outline.ts';
import { marksOfLog, type Marks } from './marks.ts';
import { marksOfTree } from './tree-marks.ts';
import type { Machine } from './use-time-machine.ts';

/** Columns of the scrubber that may have a mark of their own. */
export const COLUMNS = 240;

/** The scrubber's marks: by the recorded log, and by the tree's own times until there is one. */
export function useMarks({ engine, state }: Machine, source: RunSource): Marks {
  const { recorder, mode, count, skipWaits } = state;
  const isRecorded =
    count > 0 && (recorder === 'complete' || (recorder === 'reading' && mode === 'past'));
  const { outline, revision } = useOutline(source);
  const ofLog = usePacedMemo(
    () => (isRecorded ? marksOfLog(engine.log, COLUMNS, skipWaits) : undefined),
    `${isRecorded} ${skipWaits}`,
    count,
  );
  const ofTree = usePacedMemo(
    () =>
      isRecorded || outline === undefined ? undefined : marksOfTree(outline, COLUMNS, source.nowUs),
    isRecorded ? undefined : outline,
    isRecorded ? -1 : revision,
  );
  return ofLog ?? ofTree ?? NO_MARKS;
}

const NO_MARKS: Marks = { density: new Float64Array(COLUMNS), models: [], errors: [], lost: [] };
