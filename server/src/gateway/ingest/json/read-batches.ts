import { createHash, randomBytes } from 'node:crypto';
import {
  LIMITS,
  SpantailError,
  batchProducer,
  buildPayload,
  encodeEvent,
  readJsonEvent,
  toHex,
  type Blob,
  type JsonEvent,
  type JsonEventContext,
  type TraceEvent,
  type UpdateEvent,
} from '@spantail/protocol';
import { hashBlob } from '../../../payload/hash-blob.ts';
import { spanIdOf, traceIdOf } from './named-id.ts';
import type { JsonRequest } from './read-body.ts';

/** What one request has for one trace. */
export interface JsonBatch {
  traceId: string;
  producer: string;
  number: number;
  fin: boolean;
  leaseMs: number;
  /** Whether a span that it opens is open behind it. */
  leavesOpen: boolean;
  events: JsonBatchEvent[];
  blobs: Blob[];
  /** Ids of the spans that it names otherwise. */
  spanIds: Map<string, string>;
}

export interface JsonBatchEvent {
  encoded: Uint8Array;
  /** The event, when it is an update. */
  update?: UpdateEvent;
  /** To be encoded again, with the number that its span has next. */
  unnumbered: boolean;
}

/** A trace's batch, or why there is none. */
export type JsonGroup =
  | { traceId: string; batch: JsonBatch }
  | { traceId: string | undefined; error: SpantailError };

interface Items {
  traceId: string;
  items: JsonRequest['events'];
}

/** One batch for each trace, in the order in which they first occur. A wrong event costs its own. */
export function readBatches(request: JsonRequest, nowUs: number): JsonGroup[] {
  const groups = new Map<string, Items | JsonGroup>();
  for (const item of request.events) {
    try {
      const traceId = traceOf(item, request.traceId);
      const group = groups.get(traceId) ?? { traceId, items: [] };
      groups.set(traceId, group);
      if ('items' in group) group.items.push(item);
    } catch (error) {
      // No trace has this path for its id.
      groups.set(item.path, { traceId: undefined, error: known(error) });
    }
  }
  if (request.fin && request.traceId !== undefined && request.events.length === 0) {
    const traceId = traceIdOf(request.traceId, 'traceId');
    groups.set(traceId, { traceId, items: [] });
  }
  return [...groups.values()].map((group) =>
    'items' in group ? readGroup(group, request, nowUs) : group,
  );
}

function traceOf({ value, path }: Items['items'][number], outer: string | undefined): string {
  const isMap = typeof value === 'object' && value !== null && 'traceId' in value;
  const own = isMap ? (value.traceId ?? undefined) : undefined;
  if (own === undefined && outer !== undefined) return traceIdOf(outer, 'traceId');
  if (typeof own === 'string') return traceIdOf(own, `${path}.traceId`);
  const what = own === undefined ? 'is missing: say which run the event belongs to' : 'is not text';
  throw new SpantailError('EVENT_INVALID', `${path}.traceId ${what}`);
}

function readGroup(group: Items, request: JsonRequest, nowUs: number): JsonGroup {
  const { traceId } = group;
  try {
    return { traceId, batch: readBatch(group, request, nowUs) };
  } catch (error) {
    return { traceId, error: known(error) };
  }
}

function readBatch({ traceId, items }: Items, request: JsonRequest, nowUs: number): JsonBatch {
  const { fin, leaseMs } = request;
  if (items.length > LIMITS.batchEvents)
    throw tooLarge(`a run has ${items.length} events here`, LIMITS.batchEvents);
  const spanIds = new Map<string, string>();
  const context: JsonEventContext = {
    nowUs,
    traceId: traceIdOf,
    spanId(text, path) {
      const id = spanIdOf(text, path);
      if (id !== text) spanIds.set(text, id);
      return id;
    },
  };
  const blobs = new Map<string, Blob>();
  const open = new Set<string>();
  let bytes = 0;
  const events = items.map(({ value, path }): JsonBatchEvent => {
    const read = readJsonEvent(value, path, context);
    const event = withPayloads(read, path, blobs);
    if (event.type === 'open') open.add(event.spanId);
    else if (event.type === 'close') open.delete(event.spanId);
    const prepared = prepare(event, read.unnumbered, path);
    bytes += prepared.encoded.byteLength;
    return prepared;
  });
  if (bytes > LIMITS.batchBytes)
    throw tooLarge(`a run has ${bytes} bytes of events here`, LIMITS.batchBytes);
  return {
    traceId,
    ...(request.identity ?? identityOf(traceId, items, events, request)),
    fin,
    leaseMs,
    leavesOpen: open.size > 0,
    events,
    blobs: [...blobs.values()],
    spanIds,
  };
}

/**
 * [IJ5, IJ6] Spans open once and close once, and updates with a `seq` count once: what has the same
 * content is the same batch, sent again. Updates without `seq` count as often as they come.
 */
function identityOf(
  traceId: string,
  items: Items['items'],
  events: readonly JsonBatchEvent[],
  { fin, leaseMs }: JsonRequest,
): { producer: string; number: number } {
  const isKnown = events.length > 0 && !events.some(({ unnumbered }) => unnumbered);
  const hash = isKnown
    ? createHash('sha256')
        .update(JSON.stringify([traceId, fin, leaseMs, items.map(({ value }) => value)]))
        .digest('hex')
    : randomBytes(16).toString('hex');
  return { producer: batchProducer('json', hash), number: 1 };
}

function withPayloads(read: JsonEvent, path: string, blobs: Map<string, Blob>): TraceEvent {
  let { event } = read;
  for (const { key, value } of read.payloads) {
    try {
      const built = buildPayload(value, hashBlob);
      for (const blob of built.blobs) blobs.set(toHex(blob.ref), blob);
      event = { ...event, [key]: built.payload };
    } catch (error) {
      throw at(`${path}.${key}`, error);
    }
  }
  return event;
}

function prepare(event: TraceEvent, unnumbered: boolean, path: string): JsonBatchEvent {
  try {
    if (event.type !== 'update') return { encoded: fitting(encodeEvent(event)), unnumbered };
    // The longest number, so that the event fits whichever it gets.
    const seq = unnumbered ? Number.MAX_SAFE_INTEGER : event.seq;
    return { encoded: fitting(encodeEvent({ ...event, seq })), update: event, unnumbered };
  } catch (error) {
    throw at(path, error);
  }
}

function fitting(encoded: Uint8Array): Uint8Array {
  if (encoded.byteLength <= LIMITS.eventBytes) return encoded;
  throw tooLarge(`${encoded.byteLength} bytes without input and output`, LIMITS.eventBytes);
}

function at(path: string, error: unknown): SpantailError {
  const { code, message } = known(error);
  return new SpantailError(code, `${path}: ${message}`, { cause: error });
}

function known(error: unknown): SpantailError {
  if (error instanceof SpantailError) return error;
  throw error;
}

function tooLarge(what: string, limit: number): SpantailError {
  return new SpantailError('TOO_LARGE', `${what}, more than the limit of ${limit}`);
}
