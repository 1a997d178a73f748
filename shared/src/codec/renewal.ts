import { LIMITS } from '../limits.ts';
import { isProducerId, isTraceId, type TraceId } from '../ids.ts';
import { SpantailError } from '../wire/errors.ts';
import type { RenewalRequest } from '../wire/ingest.ts';
import { Fields } from './fields.ts';
import { packMessage } from './pack.ts';
import { present } from './present.ts';
import { unpackMessage } from './unpack.ts';

const WALK = {
  depth: 4,
  bytes: LIMITS.ingestBytes,
  values: LIMITS.ingestValues,
  code: 'BATCH_INVALID',
} as const;

/** A publisher's sign of life, as one MessagePack map. */
export function encodeRenewal({ id, producer, leaseMs, traceIds }: RenewalRequest): Uint8Array {
  return packMessage(present({ id, producer, leaseMs, traceIds }));
}

/** @throws SpantailError `BATCH_INVALID` naming the field, `TRACE_ID_INVALID`, `TOO_LARGE` */
export function decodeRenewal(bytes: Uint8Array): RenewalRequest {
  return readRenewal(new Fields(unpackMessage(bytes, WALK), 'request', 'BATCH_INVALID'));
}

export function readRenewal(fields: Fields): RenewalRequest {
  const traceIds = fields.list('traceIds', readTraceId);
  if (traceIds.length > LIMITS.leaseTraces)
    throw new SpantailError(
      'TOO_LARGE',
      `${traceIds.length} traceIds, more than the limit of ${LIMITS.leaseTraces}`,
    );
  return present({
    id: fields.optionalInteger('id'),
    producer: readProducer(fields),
    leaseMs: readLeaseMs(fields, 'leaseMs'),
    traceIds,
  });
}

export function readProducer(fields: Fields): string {
  const producer = fields.text('producer');
  if (isProducerId(producer)) return producer;
  throw fields.wrong('producer', 'is not 1 to 64 of the characters A-Z a-z 0-9 _ . : -');
}

export function readLeaseMs(fields: Fields, key: string): number {
  const leaseMs = fields.integer(key, 1);
  if (leaseMs <= LIMITS.leaseMs) return leaseMs;
  throw fields.wrong(key, `is above the limit of ${LIMITS.leaseMs}`);
}

function readTraceId(value: unknown, path: string): TraceId {
  if (isTraceId(value)) return value;
  throw new SpantailError(
    'TRACE_ID_INVALID',
    `${path} is not 32 lower-case hex digits, one of them not 0`,
  );
}
