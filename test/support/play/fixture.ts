import { join } from 'node:path';
import type { RecordedRun } from '../../../server/src/play/index.ts';
import { loadRuns } from '../../../server/src/play/index.ts';

export const RUNS_FOLDER = join(import.meta.dirname, '../../../examples/runs');

/** One of the recorded runs of `examples/runs`, by its path there. */
export async function fixture(path: string): Promise<RecordedRun> {
  const [loaded] = await loadRuns([join(RUNS_FOLDER, path)]);
  if (loaded === undefined) throw new Error(`no run in ${path}`);
  return loaded.run;
}
