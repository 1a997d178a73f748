/** Values of numeric fields as they are written. Each reader answers `undefined` when it is none. */

const UNITS_US = {
  w: 604_800_000_000,
  d: 86_400_000_000,
  h: 3_600_000_000,
  m: 60_000_000,
  s: 1_000_000,
  ms: 1_000,
  us: 1,
} as const;
const DURATION = /(\d+(?:\.\d+)?)(ms|us|µs|μs|[wdhms])/gy;

/** `2s`, `150ms`, `1.5h`, `1m30s`, in microseconds. */
export function readDuration(text: string): number | undefined {
  let us = 0;
  let end = 0;
  for (const [piece, count = '', unit = ''] of text.matchAll(DURATION)) {
    us += Number(count) * UNITS_US[unit.replace(/^[µμ]/, 'u') as keyof typeof UNITS_US];
    end += piece.length;
  }
  const isWhole = end === text.length && end > 0;
  return isWhole ? safe(Math.round(us)) : undefined;
}

/** In the largest unit that divides it. */
export function writeDuration(us: number): string {
  for (const [unit, size] of Object.entries(UNITS_US))
    if (us > 0 && us % size === 0) return `${us / size}${unit}`;
  return `${us}us`;
}

/** `812`, `25k`, `1.5M`: a whole number. */
export function readCount(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([kM]?)$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const count = Number(digits) * (unit === 'k' ? 1_000 : unit === 'M' ? 1_000_000 : 1);
  // 1.005k is 1004.9999999999999 in floating point.
  const whole = Math.round(count);
  return Math.abs(count - whole) < 1e-6 ? safe(whole) : undefined;
}

/** `0.05`, `$0.05`. */
export function readMoney(text: string): number | undefined {
  const number = readNumber(text.replace(/^\$/, ''));
  return number !== undefined && number >= 0 ? number : undefined;
}

/** A decimal number. */
export function readNumber(text: string): number | undefined {
  if (!/^-?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text)) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number + 0 : undefined;
}

function safe(whole: number): number | undefined {
  return Number.isSafeInteger(whole) ? whole : undefined;
}
