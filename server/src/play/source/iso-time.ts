import type { TimeUs } from '@spantail/protocol';

const ISO = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?\d*(Z|[+-]\d{2}:?\d{2})?$/;

/**
 * ISO 8601 text to microseconds; `undefined` when it is none, or out of range. Digits behind microseconds are cut.
 * A time without zone is UTC, as OpenTelemetry SDKs write it.
 */
export function isoToUs(text: string): TimeUs | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, date, time, fraction = '', zone = 'Z'] = match;
  const ms = Date.parse(`${date}T${time}${zone}`);
  const us = ms * 1_000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
  return isTimeUs(us) ? us : undefined;
}

/** Whether a number is a time an event can carry: from 1970 to the year 2255. */
export function isTimeUs(us: number): us is TimeUs {
  return Number.isSafeInteger(us) && us >= 0;
}
