import type { JsonValue } from '../../recorded/action.ts';

/**
 * OTLP/JSON with the names of its fields in the form that the specification has. Some writers (a
 * protobuf library told to keep the schema's names) have `resource_spans`. Nothing of a user's is a
 * field's name: attributes are lists of `{key, value}`.
 */
export function toCamelCase(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(toCamelCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      toCamelCase(item),
    ]),
  );
}
