import type { Attributes, AttributeValue } from '../event/event.ts';
import { LIMITS } from '../limits.ts';

/** Maps and lists that an attribute's value may have inside each other: the event and its attributes are around it. */
export const ATTRIBUTE_DEPTH = LIMITS.depth - 2;
/** The same in one of the attributes of a log. */
export const LOG_ATTRIBUTE_DEPTH = ATTRIBUTE_DEPTH - 2;
/** Of a content: it is JSON text by itself, which most programs read recursively. */
const CONTENT_DEPTH = 256;
const TOO_DEEP = '[nested too deep]';

/** Keeps an attribute as it came, but for what no event can carry. */
export function keepAttribute(
  into: Attributes,
  key: string,
  value: unknown,
  depth = ATTRIBUTE_DEPTH,
): void {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    // Not a key like others: it would be the prototype.
    if (key !== '__proto__') into[key] = value;
    return;
  }
  const plain = toPlain(value, depth);
  if (plain !== undefined && key !== '__proto__') into[key] = plain;
}

/** A copy as plain data; what is deeper than `depth` is a text that says so. */
export function toPlain(value: unknown, depth = CONTENT_DEPTH): AttributeValue | undefined {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
    case 'object':
      if (value === null) return null;
      if (depth === 0) return TOO_DEEP;
      return Array.isArray(value)
        ? value.map((item: unknown) => toPlain(item, depth - 1) ?? null)
        : plainMap(value, depth);
    case 'undefined':
    case 'function':
    case 'symbol':
      return undefined;
  }
}

function plainMap(value: object, depth: number): Attributes {
  const map: Attributes = {};
  for (const [key, item] of Object.entries(value)) {
    const plain = toPlain(item, depth - 1);
    if (plain !== undefined && key !== '__proto__') map[key] = plain;
  }
  return map;
}

/** The list or map that a text holds as JSON; any other text as it is. */
export function fromText(text: string): unknown {
  return looksStructured(text) ? fromJson(text) : text;
}

/** The value of a JSON text; a text that is none, or deeper than others can read, as it is. */
export function fromJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return text.length > CONTENT_DEPTH && isDeeper(value, CONTENT_DEPTH) ? text : value;
  } catch {
    // Text that merely begins like JSON (a Python literal, a template) stays text.
    return text;
  }
}

/** Looks at both ends, so that few texts that are no JSON are parsed in vain. */
function looksStructured(text: string): boolean {
  let start = 0;
  let end = text.length - 1;
  while (isSpace(text.charCodeAt(start))) start++;
  while (isSpace(text.charCodeAt(end))) end--;
  const first = text.charCodeAt(start);
  const last = text.charCodeAt(end);
  return (first === 0x7b && last === 0x7d) || (first === 0x5b && last === 0x5d);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  if (Array.isArray(value)) return value.some((item) => isDeeper(item, depth - 1));
  for (const key in value) if (isDeeper((value as Attributes)[key], depth - 1)) return true;
  return false;
}

export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
