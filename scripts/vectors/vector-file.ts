import { fromHex, toHex } from '@spantail/protocol';

/** One example, with the rule of PROTOCOL.md it belongs to. */
export interface VectorCase {
  rule: string;
  name: string;
  [field: string]: unknown;
}

export interface VectorFile {
  /** What one case says and what to check. */
  about: string;
  cases: VectorCase[];
}

/** As JSON, bytes as `{"$hex": "…"}`; fields that are `undefined` are left out. */
export function formatVectors(file: VectorFile): string {
  return `${JSON.stringify(toPlain(file), null, 2)}\n`;
}

function toPlain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { $hex: toHex(value) };
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toPlain(inner)]));
}

/** The value back, bytes as bytes. */
export function fromPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromPlain);
  if (typeof value !== 'object' || value === null) return value;
  if ('$hex' in value && typeof value.$hex === 'string') return fromHex(value.$hex);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fromPlain(inner)]));
}
