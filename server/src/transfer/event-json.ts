import {
  SpantailError,
  decodeEvent,
  encodeEvent,
  fromHex,
  toHex,
  type Payload,
  type PayloadItem,
  type TraceEvent,
} from '@spantail/protocol';

/** A payload's item as JSON: inline text, a reference, or a chunk of parts. */
type ItemJson = string | { ref: string } | { chunk: string; parts: number };

/** An event as plain JSON, from which the same event can be made again. */
export function eventToJson(event: TraceEvent): object {
  return {
    ...event,
    ...('input' in event ? { input: payloadToJson(event.input) } : {}),
    ...('output' in event ? { output: payloadToJson(event.output) } : {}),
  };
}

/** @throws SpantailError EVENT_INVALID naming the field, TOO_LARGE */
export function eventFromJson(value: unknown): TraceEvent {
  if (typeof value !== 'object' || value === null) throw invalid('an event is not an object');
  const event: Record<string, unknown> = { ...value };
  for (const key of ['input', 'output'])
    if (event[key] !== undefined) event[key] = payloadFromJson(event[key], key);
  // The encoding's own checks say what is wrong with all the rest.
  return decodeEvent(encodeEvent(event as unknown as TraceEvent));
}

function payloadToJson({ parts, ...rest }: Payload): object {
  return { ...rest, parts: parts.map(itemToJson) };
}

function itemToJson(item: PayloadItem): ItemJson {
  if (typeof item === 'string') return item;
  if (item instanceof Uint8Array) return { ref: toHex(item) };
  return { chunk: toHex(item.chunk), parts: item.parts };
}

function payloadFromJson(value: unknown, key: string): object {
  if (typeof value !== 'object' || value === null || !('parts' in value))
    throw invalid(`event.${key} is not a payload`);
  const { parts } = value;
  if (!Array.isArray(parts)) throw invalid(`event.${key}.parts is not an array`);
  return {
    ...value,
    parts: parts.map((item: unknown, i) => itemFromJson(item, `event.${key}.parts[${i}]`)),
  };
}

function itemFromJson(item: unknown, path: string): PayloadItem {
  if (typeof item === 'string') return item;
  if (typeof item === 'object' && item !== null) {
    if ('ref' in item) return hexBytes(item.ref, path);
    if ('chunk' in item && 'parts' in item && typeof item.parts === 'number')
      return { chunk: hexBytes(item.chunk, path), parts: item.parts };
  }
  throw invalid(`${path} is neither text, nor a reference, nor a chunk`);
}

function hexBytes(value: unknown, path: string): Uint8Array {
  const bytes = typeof value === 'string' ? fromHex(value) : undefined;
  if (bytes === undefined) throw invalid(`${path} is not a reference in hex`);
  return bytes;
}

function invalid(message: string): SpantailError {
  return new SpantailError('EVENT_INVALID', message);
}
