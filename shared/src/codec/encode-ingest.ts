import type { Batch } from '../log/batch.ts';
import { toWellFormed } from '../text/utf8.ts';
import type { BlobsRequest, IngestRequest, IngestResponse } from '../wire/ingest.ts';
import { packMessage } from './pack.ts';
import { present } from './present.ts';

/** A publisher's batches as one MessagePack map. */
export function encodeIngestRequest(request: IngestRequest): Uint8Array {
  const { id, producer, batches } = request;
  return packMessage(present({ id, producer, batches: batches.map(batchFields) }));
}

/** Blobs that the log reported missing, for the ingest socket. */
export function encodeBlobsRequest(request: BlobsRequest): Uint8Array {
  const { id, traceId, blobs } = request;
  return packMessage(
    present({ id, traceId, blobs: blobs.map(({ ref, bytes }) => ({ ref, bytes })) }),
  );
}

/** The answer to either. */
export function encodeIngestResponse(response: IngestResponse): Uint8Array {
  const { id, results } = response;
  return packMessage(
    present({
      id,
      results: results.map((result) =>
        result.outcome === 'refused'
          ? present({ ...result, message: toWellFormed(result.message) })
          : result,
      ),
    }),
  );
}

function batchFields({ traceId, number, fin, leaseMs, events, blobs, refs }: Batch): object {
  return present({
    traceId,
    number,
    fin,
    leaseMs,
    events,
    blobs: blobs.map(({ ref, bytes }) => ({ ref, bytes })),
    refs,
  });
}
