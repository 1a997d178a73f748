import type { Publisher } from '@spantail/agent';
import type { TraceEvent } from '@spantail/protocol';
import { setImmediate } from 'node:timers/promises';
import { nowNs, pause } from './clock.ts';

/** Published in order; waits while much is queued, so that nothing is dropped. */
export async function publishAll(
  publisher: Publisher,
  traceId: string,
  events: readonly TraceEvent[],
): Promise<void> {
  for (const [index, event] of events.entries()) {
    publisher.publish(traceId, event);
    if (index % 500 === 499) await setImmediate();
    while (publisher.stats.queuedBytes > 4 * 2 ** 20) await setImmediate();
  }
  await publisher.flush();
}

/** Published at a steady pace. */
export async function publishPaced(
  publisher: Publisher,
  traceId: string,
  events: readonly TraceEvent[],
  perSecond: number,
): Promise<void> {
  const beginNs = nowNs();
  for (const [index, event] of events.entries()) {
    const dueMs = (index * 1_000) / perSecond - (nowNs() - beginNs) / 1e6;
    if (dueMs > 0) await pause(dueMs);
    publisher.publish(traceId, event);
  }
  await publisher.flush();
}

export function requireNothingDropped(publisher: Publisher): void {
  const { events, updates } = publisher.stats.dropped;
  if (events + updates > 0) throw new Error(`${events + updates} events were dropped`);
}
