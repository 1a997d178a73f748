import { encodeEvent, type TraceEvent } from '@spantail/protocol';
import type { TestGateway } from './gateway.ts';

/**
 * Appends each event as an entry of its own and keeps about `maxEntries`. A log trims in steps: Redis
 * by whole nodes of 100 entries.
 */
export async function appendTrimmed(
  { log }: TestGateway,
  streamId: string,
  events: TraceEvent[],
  maxEntries: number,
): Promise<void> {
  for (const [i, event] of events.entries())
    await log.append(
      {
        project: 'default',
        streamId,
        producer: 'trimming',
        number: i + 1,
        fin: false,
        events: [encodeEvent(event)],
        blobs: [],
        refs: [],
      },
      { maxEntries },
    );
}
