import { toWellFormed } from '../text/utf8.ts';
import type { Cursor, EntryMark, ServerMessage, StreamId } from '../wire/message.ts';
import { packEntryMarks } from './entry-marks.ts';
import { eventArrayBody } from './event-array.ts';
import { arrayHeader, concatBytes } from './headers.ts';
import { packMessage } from './pack.ts';
import { present } from './present.ts';

/** A message to a viewer as one MessagePack map. Fields that are `undefined` are left out. */
export function encodeServerMessage(message: ServerMessage): Uint8Array {
  if (message.type === 'error' || message.type === 'stalled') return packMessage(readable(message));
  if (message.type === 'events') return packMessage(eventsFields(message));
  return packMessage(present(message));
}

/** `events` comes last, so that a frame can be put together behind its head. */
function eventsFields(message: Extract<ServerMessage, { type: 'events' }>): object {
  const { type, streamId, prev, cursor, entries, events } = message;
  const marks = entries === undefined ? undefined : packEntryMarks(entries);
  return present({ type, streamId, prev, cursor, entries: marks, events });
}

export interface EventsHead {
  streamId: StreamId;
  /** Cursor before the first event. */
  prev: Cursor;
  /** Cursor of the last entry. */
  cursor: Cursor;
}

/** An entry's events, encoded, and its place. */
export interface FrameEntry extends EntryMark {
  /** MessagePack array of `bin` with `count` elements. */
  events: Uint8Array;
}

/**
 * The `events` message over entries as they lie in the log: the same bytes as `encodeServerMessage`
 * would give, but only copied together, never decoded.
 *
 * @param entries those with events; the marks of the frame are left out where `cursor` says it all
 * @throws SpantailError `BATCH_INVALID` when events are not an array
 */
export function encodeEventsFrame(head: EventsHead, entries: readonly FrameEntry[]): Uint8Array {
  const { streamId, prev, cursor } = head;
  const [only, ...more] = entries;
  const isPlain =
    only === undefined || (more.length === 0 && cursor.endsWith(`.${only.position}.${only.check}`));
  const empty = encodeServerMessage({
    type: 'events',
    streamId,
    prev,
    cursor,
    ...(isPlain ? {} : { entries: [...entries] }),
    events: [],
  });
  let count = 0;
  for (const entry of entries) count += entry.count;
  return concatBytes([
    // The last byte is the header of the empty array.
    empty.subarray(0, -1),
    arrayHeader(count),
    ...entries.map((entry) => eventArrayBody(entry.events).body),
  ]);
}

/** Errors quote what others sent, which may have no UTF-8. */
function readable(message: Extract<ServerMessage, { type: 'error' | 'stalled' }>): object {
  return message.type === 'error'
    ? present({ ...message, message: toWellFormed(message.message) })
    : { ...message, reason: toWellFormed(message.reason) };
}
