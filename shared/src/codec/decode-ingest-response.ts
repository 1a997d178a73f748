import { LIMITS } from '../limits.ts';
import type { BatchResult } from '../log/batch.ts';
import type { BatchRefusal, IngestResponse } from '../wire/ingest.ts';
import { Fields } from './fields.ts';
import { readRef } from './payload-fields.ts';
import { present } from './present.ts';
import { unpackMessage } from './unpack.ts';

const WALK = { depth: 8, bytes: LIMITS.ingestBytes, code: 'BAD_MESSAGE' } as const;

/** @throws SpantailError `BAD_MESSAGE` naming the field */
export function decodeIngestResponse(bytes: Uint8Array): IngestResponse {
  const fields = new Fields(unpackMessage(bytes, WALK), 'response', 'BAD_MESSAGE');
  return present({
    id: fields.optionalInteger('id'),
    results: fields.list('results', readResult),
  });
}

function readResult(item: unknown, path: string): BatchResult | BatchRefusal {
  const fields = new Fields(item, path, 'BAD_MESSAGE');
  const outcome = fields.oneOf('outcome', ['appended', 'duplicate', 'refused']);
  if (outcome === 'refused')
    return present({
      outcome,
      code: fields.text('code'),
      message: fields.text('message'),
      retry: fields.boolean('retry'),
      retryAfterMs: fields.optionalInteger('retryAfterMs'),
    });
  return {
    outcome,
    position: fields.text('position'),
    missing: fields.list('missing', (ref, path) =>
      readRef(fields.bytesOf(ref, path), path, 'BAD_MESSAGE'),
    ),
  };
}
