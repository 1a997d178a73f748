import { parseCursor } from '@spantail/protocol';
import type { PendingSeek } from './machine-state.ts';

/** The moment that an address names: a cursor, or milliseconds since 1970, or ISO 8601. */
export function seekOf(text: string | undefined): PendingSeek | undefined {
  if (text === undefined || text === '') return undefined;
  if (parseCursor(text) !== undefined) return { to: 'cursor', cursor: text };
  const timeMs = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isFinite(timeMs) ? { to: 'time', timeMs } : undefined;
}
