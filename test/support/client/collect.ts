import type { Client, EventItem, EventsOptions, StreamItem, TraceEvent } from '@spantail/client';

/** Takes the event out of an item; anything but an event is an error. */
export function eventOf(item: StreamItem): TraceEvent {
  if (!isEvent(item)) throw new Error(`an item of type ${item.type} is no event`);
  const { cursor: _cursor, ...event } = item;
  return event;
}

export function isEvent(item: StreamItem): item is EventItem {
  return item.type === 'open' || item.type === 'update' || item.type === 'close';
}

/** The first `count` items, or all of them when the iteration ends before. */
export async function collect(
  client: Client,
  traceId: string,
  count = Number.POSITIVE_INFINITY,
  options: EventsOptions = {},
): Promise<StreamItem[]> {
  const items: StreamItem[] = [];
  if (count === 0) return items;
  for await (const item of client.events(traceId, options)) {
    items.push(item);
    if (items.length >= count) break;
  }
  return items;
}
