import {
  decodeEvent,
  type Cursor,
  type EndReason,
  type GapReason,
  type ResetReason,
  type TraceEvent,
} from '@spantail/protocol';

/** An event with the cursor behind it: save it, and resume with `after`. */
export type EventItem = TraceEvent & { cursor: Cursor };

/** What a consumer of events is told in their midst. */
export type NoticeItem =
  /** Entries between `after` and `cursor` are gone. */
  | { type: 'gap'; after: Cursor; cursor: Cursor; reason: GapReason }
  /** What was delivered is void: events start again from the beginning. */
  | { type: 'reset'; reason: ResetReason }
  /** One event that cannot be read; the others go on. */
  | { type: 'invalid'; cursor: Cursor; message: string }
  /** Only with `follow`: the run is over, unless events follow. */
  | { type: 'end'; cursor: Cursor; reason: EndReason };

export type StreamItem = EventItem | NoticeItem;

/** Decodes one event; a malformed one is a notice in its place. */
export function toItem(bytes: Uint8Array, cursor: Cursor): EventItem | NoticeItem {
  try {
    return Object.assign(decodeEvent(bytes), { cursor });
  } catch (error) {
    return {
      type: 'invalid',
      cursor,
      message: error instanceof Error ? error.message : String(error),
    };
  }
}
