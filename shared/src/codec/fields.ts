import { isSpanId, isTraceId, type SpanId, type TraceId } from '../ids.ts';
import { hasAtMostCharacters } from '../text/utf8.ts';
import { SpantailError, type ErrorCode } from '../wire/errors.ts';

/**
 * Reads the fields of a decoded map and says which one is wrong. Fields that nobody asks for are
 * ignored, and `nil` is the same as absent.
 */
export class Fields {
  readonly path: string;
  readonly code: ErrorCode;
  readonly #map: ReadonlyMap<unknown, unknown>;

  /** @throws SpantailError of `code` when `value` is not a map */
  constructor(value: unknown, path: string, code: ErrorCode) {
    if (!(value instanceof Map)) throw wrong(code, path, 'is not a map');
    this.#map = value;
    this.path = path;
    this.code = code;
  }

  has(key: string): boolean {
    return this.raw(key) !== undefined;
  }

  raw(key: string): unknown {
    return this.#map.get(key) ?? undefined;
  }

  /** An error of this map's code about one field. */
  wrong(key: string, what: string): SpantailError {
    return wrong(this.code, `${this.path}.${key}`, what);
  }

  optional<T>(key: string, read: (key: string) => T): T | undefined {
    return this.has(key) ? read(key) : undefined;
  }

  text(key: string, maxCharacters = Number.POSITIVE_INFINITY): string {
    const value = this.raw(key);
    if (typeof value !== 'string')
      throw this.wrong(key, value === undefined ? 'is missing' : 'is not text');
    if (!hasAtMostCharacters(value, maxCharacters))
      throw this.wrong(key, `is longer than ${maxCharacters} characters`);
    return value;
  }

  optionalText(key: string): string | undefined {
    return this.has(key) ? this.text(key) : undefined;
  }

  boolean(key: string): boolean {
    const value = this.raw(key);
    if (typeof value !== 'boolean') throw this.wrong(key, 'is not true or false');
    return value;
  }

  /** An integer from `min` (default 0) that JavaScript holds exactly. */
  integer(key: string, min = 0): number {
    const value = this.raw(key);
    if (!Number.isSafeInteger(value) || (value as number) < min)
      throw this.wrong(key, `is not an integer from ${min} to 2^53 - 1`);
    // Adding 0 turns a float's -0 into 0.
    return (value as number) + 0;
  }

  optionalInteger(key: string, min = 0): number | undefined {
    return this.has(key) ? this.integer(key, min) : undefined;
  }

  /** A number from 0. */
  amount(key: string): number {
    const value = this.raw(key);
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
      throw this.wrong(key, 'is not a number from 0');
    return value;
  }

  oneOf<T extends string>(key: string, values: readonly T[]): T {
    const known = values[values.indexOf(this.raw(key) as T)];
    if (known === undefined) throw this.wrong(key, `is not one of ${values.join(', ')}`);
    return known;
  }

  optionalOneOf<T extends string>(key: string, values: readonly T[]): T | undefined {
    return this.has(key) ? this.oneOf(key, values) : undefined;
  }

  traceId(key: string): TraceId {
    const value = this.raw(key);
    if (!isTraceId(value))
      throw this.wrong(key, 'is not 32 lower-case hex digits, one of them not 0');
    return value;
  }

  spanId(key: string): SpanId {
    const value = this.raw(key);
    if (!isSpanId(value))
      throw this.wrong(key, 'is not 16 lower-case hex digits, one of them not 0');
    return value;
  }

  bytes(key: string): Uint8Array {
    return this.bytesOf(this.raw(key), `${this.path}.${key}`);
  }

  bytesOf(value: unknown, path: string): Uint8Array {
    if (!(value instanceof Uint8Array)) throw wrong(this.code, path, 'is not bin');
    return value;
  }

  list<T>(key: string, read: (item: unknown, path: string) => T): T[] {
    const value = this.raw(key);
    if (!Array.isArray(value)) throw this.wrong(key, 'is not an array');
    return value.map((item: unknown, index) => read(item, `${this.path}.${key}[${index}]`));
  }

  optionalList<T>(key: string, read: (item: unknown, path: string) => T): T[] | undefined {
    return this.has(key) ? this.list(key, read) : undefined;
  }

  /** The map in one field. */
  inner(key: string): Fields {
    return new Fields(this.raw(key), `${this.path}.${key}`, this.code);
  }
}

function wrong(code: ErrorCode, path: string, what: string): SpantailError {
  return new SpantailError(code, `${path} ${what}`);
}
