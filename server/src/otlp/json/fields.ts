/** An id: hex of any case, as OTLP asks, or the base64 of protobuf's own JSON. */
export function readId(value: unknown, bytes: number): string {
  if (typeof value !== 'string' || value === '') return '';
  if (value.length === 2 * bytes) return value.toLowerCase();
  const decoded = Buffer.from(value, 'base64');
  return decoded.length === bytes ? decoded.toString('hex') : value;
}

/** Nanoseconds as text or number, as whole microseconds; 0 for none, NaN for what is no time. */
export function readNanosAsUs(value: unknown): number {
  if (value === undefined || value === null || value === '') return 0;
  if (typeof value === 'number') return value >= 0 ? Math.floor(value / 1_000) : Number.NaN;
  if (typeof value !== 'string' || !/^\d{1,20}$/.test(value)) return Number.NaN;
  // The last three digits are less than a microsecond.
  return value.length <= 3 ? 0 : Number(value.slice(0, -3));
}

/** An enum's number; its name, as protobuf's own JSON writes it, by its place in `names`. */
export function readEnum(value: unknown, names: readonly string[]): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? Math.max(0, names.indexOf(value)) : 0;
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
