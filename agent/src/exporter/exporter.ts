import type { Batch, BatchRefusal, BatchResult, Blob, TraceId } from '@spantail/protocol';

/** What became of one batch: the log's answer, or a refusal that says whether to try again. */
export type ExportResult = BatchResult | BatchRefusal;

/**
 * Carries batches to a log. One attempt: retrying is the publisher's business. A rejection means
 * that the reply was lost or the log not reached; sending the same batches again is safe.
 */
export interface Exporter {
  /** One result a batch, in their order. */
  export(producer: string, batches: Batch[], signal: AbortSignal): Promise<ExportResult[]>;
  /** Blobs the log reported missing. */
  putBlobs(producer: string, traceId: TraceId, blobs: Blob[], signal: AbortSignal): Promise<void>;
  /** The producer is alive: what it has open in these traces goes on. */
  renew(producer: string, traceIds: TraceId[], leaseMs: number, signal: AbortSignal): Promise<void>;
  /** Releases sockets; never rejects. */
  close(): Promise<void>;
}
