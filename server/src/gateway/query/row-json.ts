import { toHex, type Payload, type PayloadItem, type SpanRow } from '@spantail/protocol';

/** A value that came along, or why it did not. */
export type PayloadValue =
  | { value: unknown }
  | { valueMissing: 'NOT_FOUND' | 'TOO_LARGE' | 'EVENT_INVALID' };

/** Values of payloads that were asked for whole. */
export type PayloadValues = ReadonlyMap<Payload, PayloadValue>;

/** A span as JSON: references in hex, payloads with their value where it was asked for. */
export function spanJson(row: SpanRow, values?: PayloadValues): object {
  const { input, output, ...rest } = row;
  return {
    ...rest,
    ...(input === undefined ? {} : { input: payloadJson(input, values) }),
    ...(output === undefined ? {} : { output: payloadJson(output, values) }),
  };
}

function payloadJson(payload: Payload, values: PayloadValues | undefined): object {
  const { mediaType, bytes, preview, parts, list } = payload;
  const head = { mediaType, bytes, preview, ...(list === true ? { list } : {}) };
  const whole = values?.get(payload);
  if (whole !== undefined && 'value' in whole) return { ...head, ...whole };
  return { ...head, parts: parts.map(itemJson), ...whole };
}

/** Unlike each other also where an inline text looks like a reference. */
function itemJson(item: PayloadItem): object {
  if (typeof item === 'string') return { text: item };
  if (item instanceof Uint8Array) return { ref: toHex(item) };
  return { chunk: toHex(item.chunk), parts: item.parts };
}
