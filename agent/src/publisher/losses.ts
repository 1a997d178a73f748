import type { Dropped, TraceEvent } from '@spantail/protocol';

/** What could not be sent, by kind. */
export type Losses = Required<Dropped>;

export const NO_LOSSES: Readonly<Losses> = { events: 0, updates: 0, payloads: 0 };

export function addLosses(a: Losses, b: Dropped): Losses {
  return {
    events: a.events + (b.events ?? 0),
    updates: a.updates + (b.updates ?? 0),
    payloads: a.payloads + (b.payloads ?? 0),
  };
}

/** One event as a loss: an update counts apart from what a tree is made of. */
export function lossOf(kind: TraceEvent['type']): Dropped {
  return kind === 'update' ? { updates: 1 } : { events: 1 };
}

export function totalLosses(losses: Losses): number {
  return losses.events + losses.updates + losses.payloads;
}

/** As an event carries it: without the kinds of which nothing was lost; nothing at all when empty. */
export function toDropped(losses: Losses): Dropped | undefined {
  const entries = Object.entries(losses).filter(([, count]) => count > 0);
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as Dropped);
}
