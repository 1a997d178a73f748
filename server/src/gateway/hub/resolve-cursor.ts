import {
  START_CHECK,
  START_POSITION,
  SpantailError,
  comparePositions,
  parseCursor,
  streamTag,
  type Cursor,
  type ResetReason,
} from '@spantail/protocol';
import type { EventLog, StreamName, StreamTail } from '../../log/event-log.ts';
import { START, placeBefore, type Place } from './page.ts';

/** Where a viewer starts, and what it must be told. */
export type Resolution =
  | { kind: 'continue'; place: Place; skip: number }
  | { kind: 'gap'; place: Place }
  | { kind: 'reset'; reason: ResetReason };

/**
 * Proves that a cursor's history is this stream's history.
 *
 * @throws SpantailError CURSOR_INVALID, CURSOR_OTHER_TRACE, LOG_UNAVAILABLE
 */
export async function resolveCursor(
  log: EventLog,
  stream: StreamName,
  tail: StreamTail | undefined,
  after: Cursor,
): Promise<Resolution> {
  const parts = parseCursor(after);
  if (parts === undefined)
    throw new SpantailError(
      'CURSOR_INVALID',
      `"${after.slice(0, 80)}" is not a cursor; pass one that a viewer was given, unchanged, or none to start at the beginning`,
    );
  if (parts.tag !== streamTag(stream.streamId))
    throw new SpantailError(
      'CURSOR_OTHER_TRACE',
      `the cursor "${after}" was not given for ${stream.streamId}; use it with its own trace`,
    );
  if (tail === undefined) return { kind: 'reset', reason: 'lost' };
  if (parts.epoch !== tail.epoch) return { kind: 'reset', reason: 'recreated' };

  const { position, check, skip } = parts;
  if (comparePositions(position, tail.last) > 0) return { kind: 'reset', reason: 'future' };
  const beforeFirst = placeBefore(tail.first);
  if (position === START_POSITION && beforeFirst.position === START_POSITION)
    return { kind: 'continue', place: START, skip };
  if (comparePositions(position, tail.first) < 0) {
    const named = position === beforeFirst.position && check === START_CHECK;
    return named
      ? { kind: 'continue', place: beforeFirst, skip }
      : { kind: 'gap', place: beforeFirst };
  }
  const entry = await log.entry(stream, position);
  if (entry === undefined || entry.check !== check) return { kind: 'reset', reason: 'lost' };
  return { kind: 'continue', place: { position, check }, skip };
}
