import type { Cursor, StreamId } from './message.ts';

/**
 * A cursor is text, opaque to users: `<tag>.<epoch>.<position>.<check>[~skip]`.
 *
 * - `tag`: FNV-1a hash of the stream's id, 8 hex digits, so that a cursor of another trace is told
 *   apart from one that was lost
 * - `epoch`: random, given when the stream is created, so that a re-created stream is noticed
 * - `position`: entry ID `<ms>-<seq>`; `0-0` is before the first entry
 * - `check`: CRC-32 of the entry's event bytes, 8 hex digits, so that an entry that was replaced
 *   under the same ID (failover) is noticed
 * - `skip`: events consumed behind that entry, for resuming in the middle of a frame
 */
export interface CursorParts {
  tag: string;
  epoch: string;
  position: string;
  check: string;
  skip: number;
}

export const START_POSITION = '0-0';
export const START_CHECK = '00000000';

const CURSOR =
  /^([0-9a-f]{8})\.([0-9a-z]{1,16})\.((?:0|[1-9][0-9]{0,15})-(?:0|[1-9][0-9]{0,15}))\.([0-9a-f]{8})(?:~([1-9][0-9]{0,8}))?$/;

export function formatCursor(parts: CursorParts): Cursor {
  const text = `${parts.tag}.${parts.epoch}.${parts.position}.${parts.check}`;
  return parts.skip > 0 ? `${text}~${parts.skip}` : text;
}

/** `undefined` when the text is not a cursor. */
export function parseCursor(text: string): CursorParts | undefined {
  const match = CURSOR.exec(text);
  if (match === null) return undefined;
  const [, tag = '', epoch = '', position = '', check = '', skip = '0'] = match;
  return { tag, epoch, position, check, skip: Number(skip) };
}

/** The cursor `count` events behind another one. */
export function advanceCursor(cursor: Cursor, count: number): Cursor {
  if (count === 0) return cursor;
  const mark = cursor.indexOf('~');
  if (mark < 0) return `${cursor}~${count}`;
  return `${cursor.slice(0, mark)}~${Number(cursor.slice(mark + 1)) + count}`;
}

/** Orders entry IDs `<ms>-<seq>`: negative when a is before b. */
export function comparePositions(a: string, b: string): number {
  const [aMs = '', aSeq = ''] = a.split('-');
  const [bMs = '', bSeq = ''] = b.split('-');
  return Number(aMs) - Number(bMs) || Number(aSeq) - Number(bSeq);
}

/** FNV-1a, 32 bits, of a string's UTF-16 code units, as 8 hex digits. */
export function streamTag(streamId: StreamId): string {
  return fnv1a(streamId).toString(16).padStart(8, '0');
}

/** FNV-1a, 32 bits, of a string's UTF-16 code units. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}
