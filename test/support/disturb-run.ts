import type { TraceEvent } from '@spantail/protocol';

/** The run's events, some contradicted, some orphaned, some parents in circles. */
export function disturb(events: TraceEvent[], random: () => number): TraceEvent[] {
  const disturbed: TraceEvent[] = [];
  const opens = events.filter((event) => event.type === 'open');
  for (const event of events) {
    const dice = random();
    if (event.type === 'open' && dice < 0.1) continue;
    disturbed.push(event);
    if (event.type === 'open' && dice < 0.2)
      disturbed.push({ ...event, startUs: event.startUs + 7 });
    if (event.type === 'open' && dice > 0.9) {
      const parent = opens[Math.floor(random() * opens.length)];
      if (parent !== undefined)
        disturbed.push({ ...event, parentSpanId: parent.spanId, startUs: event.startUs - 3 });
    }
    if (event.type === 'close' && dice < 0.2)
      disturbed.push({
        type: 'close',
        spanId: event.spanId,
        endUs: event.endUs + 99,
        status: 'unset',
        reason: 'lost',
        dropped: { events: 1 },
      });
    if (event.type === 'update' && dice < 0.1)
      disturbed.push({ ...event, outputDelta: 'another text' });
    if (event.type === 'update' && dice > 0.8)
      disturbed.push({
        ...event,
        seq: event.seq + 1000,
        attributes: { late: event.seq },
        name: 'renamed',
      });
  }
  return disturbed;
}
