import type { Attributes, AttributeValue } from '../event/event.ts';
import { LIMITS } from '../limits.ts';
import { isWellFormed, toWellFormed } from '../text/utf8.ts';
import { SpantailError } from '../wire/errors.ts';

/**
 * Attributes as every reader has them, whatever the writer's language allows: a number that JSON
 * cannot write becomes text (`NaN`, `Infinity`, `-Infinity`), so does an integer beyond ±(2^53 - 1),
 * exactly; a lone surrogate becomes U+FFFD; a key `__proto__` is left out. Used on both sides, so
 * that what was sent is what is read.
 *
 * @param value an object, or a decoded `Map`
 * @param levels maps and arrays around it
 * @throws SpantailError `EVENT_INVALID` for nesting deeper than the limit or a value of no such type
 */
export function plainAttributes(value: unknown, path: string, levels: number): Attributes {
  // What most writers pass: it is as it has to be, and need not be copied.
  if (isPlainAlready(value)) return value;
  return plainMap(value, path, levels);
}

/** Whether it is an object of scalars that are read as they are. */
function isPlainAlready(value: unknown): value is Attributes {
  if (!isObject(value) || value instanceof Map || Object.hasOwn(value, '__proto__')) return false;
  for (const key of Object.keys(value))
    if (!isPlainScalar((value as Record<string, unknown>)[key]) || toWellFormed(key) !== key)
      return false;
  return true;
}

function isPlainScalar(value: unknown): boolean {
  if (typeof value === 'string') return isWellFormed(value);
  // -0 is not, as JSON does not have it.
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  return typeof value === 'boolean' || value === null;
}

function plainMap(value: unknown, path: string, depth: number): Attributes {
  if (depth >= LIMITS.depth) throw invalid(path, `is nested deeper than ${LIMITS.depth} levels`);
  const entries: Iterable<[unknown, unknown]> =
    value instanceof Map ? value : isObject(value) ? Object.entries(value) : refuse(path);
  const attributes: Attributes = {};
  for (const [key, item] of entries) {
    if (typeof key !== 'string' || key === '__proto__' || item === undefined) continue;
    attributes[toWellFormed(key)] = plainValue(item, path, key, depth);
  }
  return attributes;
}

function plainValue(value: unknown, path: string, key: string, depth: number): AttributeValue {
  switch (typeof value) {
    case 'string':
      return toWellFormed(value);
    case 'boolean':
      return value;
    case 'number':
      // Adding 0 turns -0, which JSON does not have, into 0.
      return Number.isFinite(value) ? value + 0 : String(value);
    case 'bigint': {
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : value.toString();
    }
    case 'undefined':
      return null;
    case 'object': {
      if (value === null) return null;
      const inner = `${path}.${key}`;
      if (!Array.isArray(value)) return plainMap(value, inner, depth + 1);
      if (depth + 1 >= LIMITS.depth)
        throw invalid(inner, `is nested deeper than ${LIMITS.depth} levels`);
      return value.map((item: unknown, index) => plainValue(item, inner, String(index), depth + 1));
    }
    case 'function':
    case 'symbol':
      throw invalid(`${path}.${key}`, `is a ${typeof value}`);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(path: string): never {
  throw invalid(path, 'is not a map');
}

function invalid(path: string, what: string): SpantailError {
  return new SpantailError('EVENT_INVALID', `${path} ${what}`);
}
