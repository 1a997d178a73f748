import { randomBytes } from 'node:crypto';
import type { EventLog, StreamName } from './event-log.ts';
import { unavailable } from './unavailable.ts';

/**
 * Writes, hears and reads back one entry of a stream of its own; the time it took in milliseconds.
 * Each probe draws another stream, and so, on a cluster, another partition.
 *
 * @throws SpantailError LOG_UNAVAILABLE when a step fails or `timeoutMs` have passed
 */
export async function probeStream(log: EventLog, timeoutMs: number): Promise<number> {
  const stream: StreamName = {
    project: 'default',
    streamId: `@probe-${randomBytes(8).toString('hex')}`,
  };
  const event = randomBytes(16);
  const startedAtMs = performance.now();
  let expire: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    expire = setTimeout(
      () => reject(unavailable(`an entry did not come back within ${timeoutMs} ms`)),
      timeoutMs,
    );
  });
  // The losing side of a race may still reject, with nobody left to hear it.
  late.catch(() => undefined);
  const trip = roundTrip(log, stream, event);
  trip.catch(() => undefined);
  try {
    await Promise.race([trip, late]);
    return performance.now() - startedAtMs;
  } finally {
    clearTimeout(expire);
  }
}

async function roundTrip(log: EventLog, stream: StreamName, event: Uint8Array): Promise<void> {
  let heard = (): void => {};
  const rung = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const listener = await log.listen(stream, () => heard());
  try {
    const { position } = await log.append({
      ...stream,
      producer: 'probe',
      number: 1,
      fin: true,
      events: [event],
      blobs: [],
      refs: [],
    });
    await rung;
    const entry = await log.entry(stream, position);
    if (entry === undefined || !Buffer.from(entry.events).includes(event))
      throw unavailable('an entry that was just written could not be read back');
  } finally {
    listener.close();
  }
}
