import type { Cursor, EndReason, GapReason, ResetReason } from '@spantail/protocol';
import { decodeLoadable, type LoadableEvent, type PayloadLoader } from './loadable.ts';

/** An event with the cursor behind it: save it, and resume with `after`. */
export type EventItem = LoadableEvent & { cursor: Cursor };

/** Entries between `after` and `cursor` are gone. */
export interface GapNotice {
  type: 'gap';
  after: Cursor;
  cursor: Cursor;
  reason: GapReason;
}

/** What was delivered is void: events start again from the beginning. */
export interface ResetNotice {
  type: 'reset';
  reason: ResetReason;
}

/** One event that cannot be read; the others go on. */
export interface InvalidNotice {
  type: 'invalid';
  cursor: Cursor;
  message: string;
}

/** Only with `follow`: the run is over, unless events follow. */
export interface EndNotice {
  type: 'end';
  cursor: Cursor;
  reason: EndReason;
}

/** What a consumer of events is told in their midst. */
export type NoticeItem = GapNotice | ResetNotice | InvalidNotice | EndNotice;

export type StreamItem = EventItem | NoticeItem;

/** Decodes one event; a malformed one is a notice in its place. */
export function toItem(bytes: Uint8Array, cursor: Cursor, load: PayloadLoader): StreamItem {
  try {
    return Object.assign(decodeLoadable(bytes, load), { cursor });
  } catch (error) {
    return invalidAt(cursor, error);
  }
}

export function invalidAt(cursor: Cursor, error: unknown): InvalidNotice {
  return {
    type: 'invalid',
    cursor,
    message: error instanceof Error ? error.message : String(error),
  };
}
