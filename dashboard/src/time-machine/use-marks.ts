import { useMemo } from 'react';
import type { RunSource } from '../run/run-source.ts';
import { usePaced } from '../run/use-paced.ts';
import { marksOfLog, type Marks } from './marks.ts';
import { marksOfTree } from './tree-marks.ts';
import type { Machine } from './use-time-machine.ts';

/** Columns of the scrubber that may have a mark of their own. */
export const COLUMNS = 240;

/** The scrubber's marks: by the recorded log, and by the tree's own times until there is one. */
export function useMarks({ engine, state }: Machine, source: RunSource): Marks {
  const { recorder, mode, count, skipWaits } = state;
  const isRecorded = recorder === 'complete' || (recorder === 'reading' && mode === 'past');
  const logKey = isRecorded ? count : -1;
  const { tree, version, nowUs } = source;
  // Without a pace, a large run that grows would be walked at every frame.
  const treeKey = usePaced(isRecorded ? -1 : version, (tree?.spanCount ?? 0) / 5);
  const ofLog = useMemo(
    () => (logKey < 0 ? undefined : marksOfLog(engine.log, COLUMNS, skipWaits)),
    [engine, logKey, skipWaits],
  );
  const ofTree = useMemo(
    () => (treeKey < 0 || tree === undefined ? undefined : marksOfTree(tree, COLUMNS, nowUs)),
    // The present moves all the time; the marks follow what comes.
    [tree, treeKey],
  );
  return ofLog ?? ofTree ?? NO_MARKS;
}

const NO_MARKS: Marks = { density: new Float64Array(COLUMNS), models: [], errors: [], lost: [] };
