import { readDuration } from './quantity.ts';

/** A time as it was written: an instant, or a whole day. */
export interface Moment {
  fromUs: number;
  /** Exclusive end of the day; absent: an instant. */
  toUs?: number;
}

const DAY_US = 86_400_000_000;
const TIME =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?$/i;

/**
 * ISO 8601 (a day, or a time; UTC unless it says otherwise), `now`, or how long ago: `-1h`.
 * `undefined`: it is none, or before 1970.
 */
export function readMoment(text: string, nowUs: number): Moment | undefined {
  if (text === 'now') return { fromUs: nowUs };
  if (text.startsWith('-')) {
    const ago = readDuration(text.slice(1));
    return ago === undefined ? undefined : { fromUs: Math.max(0, nowUs - ago) };
  }
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute = '0', second = '0', fraction = '', zone] = match;
  const date = [Number(year), Number(month) - 1, Number(day)] as const;
  const midnight = new Date(Date.UTC(...date));
  // 31 February is no date, and not 3 March.
  if (midnight.getUTCMonth() !== date[1] || midnight.getUTCDate() !== date[2]) return undefined;
  if (Number(hour ?? 0) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const seconds = (Number(hour ?? 0) * 60 + Number(minute) - offsetMinutes(zone)) * 60;
  const us = Number(fraction.slice(0, 6).padEnd(6, '0'));
  const fromUs = midnight.getTime() * 1_000 + (seconds + Number(second)) * 1_000_000 + us;
  if (fromUs < 0 || !Number.isSafeInteger(fromUs)) return undefined;
  return hour === undefined ? { fromUs, toUs: fromUs + DAY_US } : { fromUs };
}

/** `2026-01-02T03:04:05.678901Z` */
export function writeMoment(us: number): string {
  const iso = new Date(Math.floor(us / 1_000)).toISOString();
  return `${iso.slice(0, -1)}${String(us % 1_000).padStart(3, '0')}Z`;
}

function offsetMinutes(zone: string | undefined): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone ?? '') ?? [];
  if (sign === undefined) return 0;
  const offset = Number(hours) * 60 + Number(minutes);
  return sign === '-' ? -offset : offset;
}
