import { SpantailError, comparePositions, parseCursor, type Cursor } from '@spantail/protocol';

/**
 * A moment of a run: a cursor (just behind that event), or a time by the log's clock: a `Date`,
 * milliseconds since the epoch, or ISO 8601 text.
 */
export type Moment = Cursor | Date | number;

export type ResolvedMoment =
  | { kind: 'time'; timeMs: number }
  | { kind: 'cursor'; cursor: Cursor; position: string; skip: number };

/** @throws SpantailError CURSOR_INVALID when it is none of these */
export function resolveMoment(moment: Moment): ResolvedMoment {
  if (typeof moment === 'string') {
    const parts = parseCursor(moment);
    if (parts !== undefined)
      return { kind: 'cursor', cursor: moment, position: parts.position, skip: parts.skip };
  }
  const timeMs = typeof moment === 'string' ? Date.parse(moment) : Number(moment);
  if (Number.isFinite(timeMs)) return { kind: 'time', timeMs };
  throw new SpantailError(
    'CURSOR_INVALID',
    `"${String(moment)}" is neither a cursor nor a time (a Date, milliseconds since 1970, or ISO 8601)`,
  );
}

/** Whether the event at this cursor, taken in by the log at `timeMs`, lies behind the moment. */
export function liesBehind(moment: ResolvedMoment, cursor: Cursor, timeMs: number): boolean {
  if (moment.kind === 'time') return timeMs > moment.timeMs;
  const parts = parseCursor(cursor);
  if (parts === undefined) return false;
  const order = comparePositions(parts.position, moment.position);
  return order > 0 || (order === 0 && parts.skip > moment.skip);
}
