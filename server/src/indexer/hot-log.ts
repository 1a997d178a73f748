import type { EventLog } from '../log/event-log.ts';
import type { IndexedRun } from './indexed-run.ts';

export interface HotLogOptions {
  /** The hot log lets a run go this long after its end was archived. Default 10 minutes. */
  hotAfterEndMs: number;
  /** Archived entries of a long run that the hot log keeps, about. Default 10,000. */
  hotEntries: number;
}

/** Keeps the hot log small: only what the archive has is ever let go. */
export async function tidyHotLog(
  log: EventLog,
  run: IndexedRun,
  { hotAfterEndMs, hotEntries }: HotLogOptions,
): Promise<void> {
  const { archived, hotPositions, stream } = run;
  if (archived === undefined || archived.position !== run.position || run.pending.length > 0)
    return;
  if (run.ended) {
    if (run.letGo) return;
    // Refused when something was written since: then there is work, and another end.
    await log.expire(stream, hotAfterEndMs, archived.position);
    run.letGo = true;
    hotPositions.length = 0;
  } else if (hotPositions.length > hotEntries) {
    const kept = Math.ceil(hotEntries / 2);
    const first = hotPositions.at(-kept);
    if (first !== undefined) await log.trim(stream, first);
    hotPositions.splice(0, hotPositions.length - kept);
  }
}
