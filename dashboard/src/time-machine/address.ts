import { parseCursor } from '@spantail/protocol';
import type { PendingSeek } from './machine-state.ts';

const NAME = 'at';

/** The moment that an address names: a cursor, or milliseconds since 1970, or ISO 8601. */
export function seekOf(text: string | undefined): PendingSeek | undefined {
  if (text === undefined || text === '') return undefined;
  if (parseCursor(text) !== undefined) return { to: 'cursor', cursor: text };
  const timeMs = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isFinite(timeMs) ? { to: 'time', timeMs } : undefined;
}

/** The same address with this moment, or with none. */
export function withMoment(href: string, moment: string | undefined): string {
  const url = new URL(href);
  if (moment === undefined) url.searchParams.delete(NAME);
  else url.searchParams.set(NAME, moment);
  return url.pathname + url.search + url.hash;
}
