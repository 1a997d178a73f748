import type { AttributeValue, Attributes } from '@spantail/protocol';

/** OTLP's AnyValue in its JSON form (opentelemetry-proto, common/v1; 64-bit integers are text). */
export type AnyValue =
  | { stringValue: string }
  | { boolValue: boolean }
  | { intValue: string | number }
  | { doubleValue: number }
  | { arrayValue: { values?: AnyValue[] } }
  | { kvlistValue: { values?: KeyValue[] } }
  | Record<string, never>;

export interface KeyValue {
  key: string;
  value: AnyValue;
}

export function toKeyValues(attributes: Readonly<Attributes>): KeyValue[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: toAnyValue(value) }));
}

function toAnyValue(value: AttributeValue): AnyValue {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (value === null) return {};
  if (Array.isArray(value)) return { arrayValue: { values: value.map(toAnyValue) } };
  return { kvlistValue: { values: toKeyValues(value) } };
}

export function fromKeyValues(list: readonly KeyValue[] | undefined): Attributes {
  const attributes: Attributes = {};
  for (const { key, value } of list ?? []) attributes[key] = fromAnyValue(value);
  return attributes;
}

function fromAnyValue(value: AnyValue | undefined): AttributeValue {
  if (value === undefined) return null;
  if ('stringValue' in value) return value.stringValue ?? '';
  if ('boolValue' in value) return value.boolValue ?? false;
  if ('intValue' in value) return exact(value.intValue ?? 0);
  if ('doubleValue' in value) return value.doubleValue ?? 0;
  if ('arrayValue' in value) return (value.arrayValue?.values ?? []).map(fromAnyValue);
  if ('kvlistValue' in value) return fromKeyValues(value.kvlistValue?.values);
  return null;
}

/** Beyond what JavaScript holds exactly, the text. */
function exact(value: string | number): AttributeValue {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}
