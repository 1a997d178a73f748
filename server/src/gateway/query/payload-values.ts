import {
  SpantailError,
  loadPayload,
  type BlobRef,
  type Payload,
  type SpanRow,
} from '@spantail/protocol';
import type { Archive } from '../../archive/archive.ts';
import type { EventLog, StreamName } from '../../log/event-log.ts';
import type { PayloadValue } from './row-json.ts';

/** Bytes of values in one answer. */
const MOST_BYTES = 16 * 1024 * 1024;
/** Blobs that are asked for at once. */
const REFS_AT_ONCE = 100;

/**
 * Values of the spans' inputs and outputs, in order, until the bytes of one answer are used up; what
 * does not fit any more, or cannot be loaded, is said in its place.
 */
export async function loadValues(
  archive: Archive,
  log: EventLog,
  stream: StreamName,
  rows: readonly SpanRow[],
): Promise<Map<Payload, PayloadValue>> {
  const values = new Map<Payload, PayloadValue>();
  const load = (refs: BlobRef[]) => loadBlobs(archive, log, stream, refs);
  let room = MOST_BYTES;
  for (const payload of rows.flatMap(({ input, output }) => [input, output])) {
    if (payload === undefined) continue;
    const result = await loadValue(payload, load, room);
    values.set(payload, result.value);
    room -= result.bytes;
  }
  return values;
}

type Load = (refs: BlobRef[]) => Promise<Uint8Array[]>;

/** What a publisher says of a payload's size need not be true: what is there is counted. */
async function loadValue(
  payload: Payload,
  load: Load,
  room: number,
): Promise<{ value: PayloadValue; bytes: number }> {
  if (payload.bytes > room) return { value: { valueMissing: 'TOO_LARGE' }, bytes: 0 };
  try {
    const value = await loadPayload(payload, bounded(load, room), room);
    const text = JSON.stringify(value);
    return { value: { value }, bytes: Math.max(payload.bytes, text.length) };
  } catch (error) {
    const code = error instanceof SpantailError ? error.code : undefined;
    if (code === 'NOT_FOUND' || code === 'TOO_LARGE' || code === 'EVENT_INVALID')
      return { value: { valueMissing: code }, bytes: 0 };
    throw error;
  }
}

/** Some at a time, and no more than the room, which chunks may take once more. */
function bounded(load: Load, room: number): Load {
  let bytes = 0;
  return async (refs) => {
    const loaded: Uint8Array[] = [];
    for (let from = 0; from < refs.length; from += REFS_AT_ONCE) {
      for (const blob of await load(refs.slice(from, from + REFS_AT_ONCE))) {
        bytes += blob.byteLength;
        loaded.push(blob);
      }
      if (bytes > 2 * room) throw new SpantailError('TOO_LARGE', 'the payload is above the bound');
    }
    return loaded;
  };
}

/** From the archive; what a publisher sent again later than its entry may be in the log only. */
async function loadBlobs(
  archive: Archive,
  log: EventLog,
  stream: StreamName,
  refs: BlobRef[],
): Promise<Uint8Array[]> {
  const found = await archive.getBlobs(stream.project, refs);
  const missing = refs.filter((_ref, i) => found[i] === undefined);
  const rest = missing.length === 0 ? [] : await log.getBlobs(stream, missing);
  return refs.map((_ref, i) => {
    const bytes = found[i] ?? rest.shift();
    if (bytes !== undefined) return bytes;
    throw new SpantailError('NOT_FOUND', 'a blob of the payload is gone');
  });
}
