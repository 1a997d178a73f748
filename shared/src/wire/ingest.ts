import type { TraceId } from '../ids.ts';
import type { Batch, BatchResult } from '../log/batch.ts';
import type { Blob } from '../payload/payload.ts';

/**
 * `POST /api/v1/ingest` (MessagePack), and a binary frame on `/api/v1/ingest/socket`, where `id`
 * comes back in the answer.
 */
export interface IngestRequest {
  id?: number;
  /** One publisher's lifetime. */
  producer: string;
  batches: Batch[];
}

/** One result a batch, in their order. A refused batch names its error; the others went in. */
export interface IngestResponse {
  id?: number;
  results: (BatchResult | BatchRefusal)[];
}

export interface BatchRefusal {
  outcome: 'refused';
  code: string;
  message: string;
  /** Whether to send the same batch again later. */
  retry: boolean;
  retryAfterMs?: number;
}

/** On the ingest socket: blobs that a {@link BatchResult} reported missing. No results come back. */
export interface BlobsRequest {
  id?: number;
  traceId: TraceId;
  blobs: Blob[];
}

/**
 * `POST /api/v1/leases` (MessagePack), or on the ingest socket: the producer is alive, and what it
 * has open in these traces goes on. No results come back.
 */
export interface RenewalRequest {
  id?: number;
  producer: string;
  leaseMs: number;
  traceIds: TraceId[];
}

/** A request as the server reads it, with what it refuses already in place. */
export interface DecodedRequest extends Omit<IngestRequest, 'batches'> {
  batches: (Batch | BatchRefusal)[];
}

/** What a publisher sends on the ingest socket. */
export type IngestMessage = DecodedRequest | BlobsRequest | RenewalRequest;
