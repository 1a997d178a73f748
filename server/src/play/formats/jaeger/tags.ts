import type { AttributeValue, Attributes } from '@spantail/protocol';
import type { JsonValue } from '../../recorded/action.ts';
import { asArray, asObject, asString } from '../../source/json-value.ts';

/** Jaeger's `[{key, type, value}]`. Stored spans have all values as text. */
export function tagsOf(list: JsonValue | undefined): Attributes {
  const attributes: Attributes = {};
  for (const item of asArray(list) ?? []) {
    const { key, type, value } = asObject(item) ?? {};
    if (typeof key === 'string' && key !== '__proto__' && value !== undefined)
      attributes[key] = valueOf(asString(type) ?? 'string', value);
  }
  return attributes;
}

function valueOf(type: string, value: JsonValue): AttributeValue {
  if (typeof value !== 'string') return value;
  if (type === 'bool') return value === 'true';
  if (type === 'int64' || type === 'float64') return numberOf(type, value);
  // Lists have no type of their own: Jaeger writes them as the text of their JSON.
  return /^\[.*\]$/s.test(value) ? listOf(value) : value;
}

/** Beyond what JavaScript holds exactly, the text. */
function numberOf(type: string, text: string): AttributeValue {
  const number = Number(text);
  const isExact = type === 'int64' ? Number.isSafeInteger(number) : Number.isFinite(number);
  return text.trim() !== '' && isExact ? number : text;
}

/** A list of texts or numbers; a text that holds more than that says itself what it is. */
function listOf(text: string): AttributeValue {
  try {
    const list = JSON.parse(text) as AttributeValue[];
    return list.every((item) => typeof item !== 'object') ? list : text;
  } catch {
    return text;
  }
}
