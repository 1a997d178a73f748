import type { Batch, BatchResult } from '../log/batch.ts';

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
