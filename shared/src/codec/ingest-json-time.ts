const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)$/;

/**
 * Microseconds since the epoch of an ISO 8601 time that says its zone; `undefined` when this is none,
 * or is before 1970. The platform's own parser keeps milliseconds only, and takes a time without a
 * zone for one of the server's.
 */
export function readIsoTimeUs(text: string): number | undefined {
  const [, date = '', time = '', fraction = '', zone = ''] = ISO.exec(text) ?? [];
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
  const ms = Date.parse(`${date}T${time}${offset}`);
  if (!Number.isFinite(ms) || ms < 0 || !isDate(date)) return undefined;
  return ms * 1_000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

/** The platform takes 30 February for 2 March. */
function isDate(date: string): boolean {
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
}
