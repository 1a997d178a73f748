import type { AttributeValue, Attributes } from '@spantail/protocol';

/** Values inside of each other, as in the protobuf reader. */
const MOST_LEVELS = 48;

/** OTLP/JSON's list of `{key, value}`. What is no such thing is left out. */
export function readKeyValues(list: unknown, level = 0): Attributes {
  const attributes: Attributes = {};
  if (!Array.isArray(list)) return attributes;
  for (const item of list as unknown[]) {
    if (!isObject(item)) continue;
    const { key, value } = item;
    if (typeof key === 'string' && key !== '__proto__')
      attributes[key] = readAnyValue(value, level);
  }
  return attributes;
}

/**
 * OTLP/JSON's AnyValue: 64-bit integers as text or number, bytes as base64 text.
 *
 * @throws RangeError when it is nested too deeply
 */
export function readAnyValue(value: unknown, level = 0): AttributeValue {
  if (level > MOST_LEVELS)
    throw new RangeError(`an attribute is nested deeper than ${MOST_LEVELS} levels`);
  if (!isObject(value)) return null;
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue } =
    value;
  if (typeof stringValue === 'string') return stringValue;
  if (typeof boolValue === 'boolean') return boolValue;
  if (typeof intValue === 'number' || typeof intValue === 'string') return exact(intValue);
  if (typeof doubleValue === 'number') return doubleValue;
  // Protobuf's JSON writes NaN and the infinities as text.
  if (typeof doubleValue === 'string') return Number(doubleValue);
  if (isObject(arrayValue)) {
    const { values } = arrayValue;
    return Array.isArray(values)
      ? values.map((item: unknown) => readAnyValue(item, level + 1))
      : [];
  }
  if (isObject(kvlistValue)) return readKeyValues(kvlistValue['values'], level + 1);
  return typeof bytesValue === 'string' ? bytesValue : null;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Beyond what JavaScript holds exactly, the text. */
function exact(value: string | number): AttributeValue {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}
