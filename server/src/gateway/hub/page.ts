import {
  START_CHECK,
  START_POSITION,
  encodeEventsFrame,
  formatCursor,
  streamTag,
  type Cursor,
  type EndReason,
  type StreamId,
} from '@spantail/protocol';
import type { LogEntry, ReadOptions } from '../../log/event-log.ts';

/** A proven place in a stream: behind the entry at `position`, whose bytes have this `check`. */
export interface Place {
  position: string;
  check: string;
}

export const START: Place = { position: START_POSITION, check: START_CHECK };

/** The place just before this entry; the start when it is `0-0`: nothing was ever trimmed. */
export function placeBefore(first: string): Place {
  if (first === START_POSITION) return START;
  const [ms = '0', seq = '0'] = first.split('-');
  const position =
    seq === '0' ? `${Number(ms) - 1}-${Number.MAX_SAFE_INTEGER}` : `${ms}-${Number(seq) - 1}`;
  return { position, check: START_CHECK };
}

/** What was read from the log in one go, ready to be sent to any number of viewers. */
export interface Page {
  /** Where it was to begin; later when entries in between are gone. */
  from: Place;
  to: Place;
  entries: LogEntry[];
  /** The `events` message over all entries, encoded once. */
  frame: Uint8Array;
  eventCount: number;
  /** A bound ended it: there may be more. Otherwise it reached the tail of that moment. */
  full: boolean;
  /** Set when the last entry marks the run's end. */
  end?: EndReason;
}

/** Names places of one stream in one epoch. */
export class CursorNames {
  readonly #tag: string;
  readonly #epoch: string;

  constructor(streamId: StreamId, epoch: string) {
    this.#tag = streamTag(streamId);
    this.#epoch = epoch;
  }

  of(place: Place, skip = 0): Cursor {
    return formatCursor({ tag: this.#tag, epoch: this.#epoch, ...place, skip });
  }
}

/** Makes the page of entries read behind `from` within these bounds; there is at least one. */
export function makePage(
  streamId: StreamId,
  names: CursorNames,
  from: Place,
  entries: LogEntry[],
  { maxEntries, maxBytes }: Pick<ReadOptions, 'maxEntries' | 'maxBytes'>,
): Page {
  const last = entries.at(-1);
  if (last === undefined) throw new RangeError('a page has at least one entry');
  const to: Place = { position: last.position, check: last.check };
  const frame = encodeEventsFrame(
    { streamId, prev: names.of(from), cursor: names.of(to) },
    entries.filter((entry) => entry.count > 0),
  );
  let eventCount = 0;
  let bytes = 0;
  for (const entry of entries) {
    eventCount += entry.count;
    bytes += entry.events.byteLength;
  }
  const full = entries.length >= maxEntries || bytes >= maxBytes;
  const page: Page = { from, to, entries, frame, eventCount, full };
  if (last.end !== undefined) page.end = last.end;
  return page;
}
