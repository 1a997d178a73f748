import { toWellFormed } from '../text/utf8.ts';
import type { Cursor, ServerMessage, StreamId } from '../wire/message.ts';
import { eventArrayBody } from './event-array.ts';
import { arrayHeader, concatBytes } from './headers.ts';
import { packMessage } from './pack.ts';
import { present } from './present.ts';

/** A message to a viewer as one MessagePack map. Fields that are `undefined` are left out. */
export function encodeServerMessage(message: ServerMessage): Uint8Array {
  if (message.type === 'error' || message.type === 'stalled') return packMessage(readable(message));
  return packMessage(present(message));
}

export interface EventsHead {
  streamId: StreamId;
  /** Cursor before the first event. */
  prev: Cursor;
  /** Cursor of the last event. */
  cursor: Cursor;
}

/**
 * The `events` message over entries as they lie in the log: the same bytes as `encodeServerMessage`
 * would give, but only copied together, never decoded.
 *
 * @param arrays encoded event arrays; `count` is the number of elements
 * @throws SpantailError `BATCH_INVALID` when one of them is not an array
 */
export function encodeEventsFrame(
  head: EventsHead,
  arrays: readonly { events: Uint8Array; count: number }[],
): Uint8Array {
  const { streamId, prev, cursor } = head;
  const message = { type: 'events', streamId, prev, cursor, events: [] } satisfies ServerMessage;
  const empty = packMessage(message);
  let count = 0;
  for (const array of arrays) count += array.count;
  return concatBytes([
    // The last byte is the header of the empty array.
    empty.subarray(0, -1),
    arrayHeader(count),
    ...arrays.map((array) => eventArrayBody(array.events).body),
  ]);
}

/** Errors quote what others sent, which may have no UTF-8. */
function readable(message: Extract<ServerMessage, { type: 'error' | 'stalled' }>): object {
  return message.type === 'error'
    ? present({ ...message, message: toWellFormed(message.message) })
    : { ...message, reason: toWellFormed(message.reason) };
}
