import type { TraceEvent } from '@spantail/protocol';
import { generateRun } from '../generate-run.ts';
import type { TestGateway } from '../gateway.ts';

/** Appends a whole generated run, a few events an entry; with `fin` its publisher says it is over. */
export async function publishRun(
  gateway: TestGateway,
  seed: number,
  { entryEvents = 3, fin = true, spans = 8 } = {},
): Promise<{ traceId: string; events: TraceEvent[] }> {
  const run = generateRun(seed, { spans });
  for (let i = 0; i < run.events.length; i += entryEvents) {
    const last = i + entryEvents >= run.events.length;
    await gateway.append(run.traceId, run.events.slice(i, i + entryEvents), { fin: fin && last });
  }
  return run;
}
