import { isTraceId } from '../ids.ts';
import { LIMITS } from '../limits.ts';
import type { Batch } from '../log/batch.ts';
import type { BlobHash, BlobRef } from '../payload/payload.ts';
import { ERRORS, SpantailError } from '../wire/errors.ts';
import type { BatchRefusal, BlobsRequest, DecodedRequest, IngestMessage } from '../wire/ingest.ts';
import { readBlob } from './blob-fields.ts';
import { decodeEvent } from './decode-event.ts';
import { Fields } from './fields.ts';
import { readRef } from './payload-fields.ts';
import { present } from './present.ts';
import { readLeaseMs, readProducer, readRenewal } from './renewal.ts';
import { unpackViews } from './unpack.ts';

const WALK = {
  depth: 16,
  bytes: LIMITS.ingestBytes,
  values: LIMITS.ingestValues,
  code: 'BATCH_INVALID',
} as const;

/**
 * The batches of a publisher. A batch that is wrong becomes a refusal in its own place and the
 * others stay good; each event is checked with `decodeEvent`. Events and blobs are views of `bytes`.
 *
 * @param hash recomputes the references of blobs; absent: the sender is believed
 * @throws SpantailError `BATCH_INVALID` when the request cannot be read at all, `TOO_LARGE`
 */
export function decodeIngestRequest(bytes: Uint8Array, hash?: BlobHash): DecodedRequest {
  return readRequest(unpackRequest(bytes), hash);
}

/**
 * What a publisher sends on the ingest socket: batches, blobs that were missing, or a sign of life.
 *
 * @throws SpantailError like `decodeIngestRequest`; also for a blob that is wrong
 */
export function decodeIngestMessage(bytes: Uint8Array, hash?: BlobHash): IngestMessage {
  const fields = unpackRequest(bytes);
  if (fields.has('batches')) return readRequest(fields, hash);
  if (fields.has('blobs')) return readBlobsRequest(fields, hash);
  return fields.has('traceIds') ? readRenewal(fields) : readRequest(fields, hash);
}

function unpackRequest(bytes: Uint8Array): Fields {
  return new Fields(unpackViews(bytes, WALK), 'request', 'BATCH_INVALID');
}

function readRequest(fields: Fields, hash: BlobHash | undefined): DecodedRequest {
  const producer = readProducer(fields);
  return present({
    id: fields.optionalInteger('id'),
    producer,
    batches: fields.list('batches', (item, path) => readOrRefuse(item, path, hash)),
  });
}

function readBlobsRequest(fields: Fields, hash: BlobHash | undefined): BlobsRequest {
  return present({
    id: fields.optionalInteger('id'),
    traceId: readTraceId(fields),
    blobs: fields.list('blobs', (item, path) => readBlob(item, path, 'BATCH_INVALID', hash)),
  });
}

function readOrRefuse(
  item: unknown,
  path: string,
  hash: BlobHash | undefined,
): Batch | BatchRefusal {
  try {
    return readBatch(new Fields(item, path, 'BATCH_INVALID'), hash);
  } catch (error) {
    if (!(error instanceof SpantailError)) throw error;
    const { code, message } = error;
    return { outcome: 'refused', code, message, retry: ERRORS[code].retry };
  }
}

function readBatch(fields: Fields, hash: BlobHash | undefined): Batch {
  const batch: Batch = present({
    traceId: readTraceId(fields),
    number: fields.integer('number', 1),
    fin: fields.optional('fin', (key) => fields.boolean(key)) ?? false,
    leaseMs: fields.optional('leaseMs', (key) => readLeaseMs(fields, key)),
    events: fields.list('events', (item, path) => fields.bytesOf(item, path)),
    blobs:
      fields.optionalList('blobs', (item, path) => readBlob(item, path, fields.code, hash)) ?? [],
    refs:
      fields.optionalList('refs', (item, path): BlobRef =>
        readRef(fields.bytesOf(item, path), path, fields.code),
      ) ?? [],
  });
  checkSize(batch, fields.path);
  for (const [index, event] of batch.events.entries())
    checkEvent(event, `${fields.path}.events[${index}]`);
  return batch;
}

function readTraceId(fields: Fields): string {
  const value = fields.raw('traceId');
  if (isTraceId(value)) return value;
  throw new SpantailError(
    'TRACE_ID_INVALID',
    `${fields.path}.traceId is not 32 lower-case hex digits, one of them not 0`,
  );
}

function checkSize({ events, blobs, refs }: Batch, path: string): void {
  if (events.length > LIMITS.batchEvents)
    throw tooLarge(`${path} has ${events.length} events`, LIMITS.batchEvents);
  let bytes = 0;
  for (const event of events) bytes += event.byteLength;
  for (const ref of refs) bytes += ref.byteLength;
  for (const { ref } of blobs) bytes += ref.byteLength;
  if (bytes > LIMITS.batchBytes)
    throw tooLarge(`${path} has ${bytes} bytes of events and references`, LIMITS.batchBytes);
}

function checkEvent(event: Uint8Array, path: string): void {
  try {
    decodeEvent(event);
  } catch (error) {
    if (!(error instanceof SpantailError)) throw error;
    throw new SpantailError(error.code, `${path}: ${error.message}`, { cause: error });
  }
}

function tooLarge(what: string, limit: number): SpantailError {
  return new SpantailError('TOO_LARGE', `${what}, more than the limit of ${limit}`);
}
