import {
  BLOB_REF_BYTES,
  SpantailError,
  decodeBlobs,
  encodeBlobList,
  fromHex,
  isTraceId,
  type BlobRef,
} from '@spantail/protocol';
import type { FastifyInstance } from 'fastify';
import { hashBlob } from '../../payload/hash-blob.ts';
import type { EventLog } from '../../log/event-log.ts';

const MOST_HASHES = 200;
const IMMUTABLE = 'public, max-age=31536000, immutable';

interface BlobQuery {
  traceId?: string;
  hash?: string | string[];
}

/** A blob by its hash, or many at once; and the way for a publisher to send what was missing. */
export function registerBlobs(app: FastifyInstance, log: EventLog, project: string): void {
  app.get<{ Params: { hash: string }; Querystring: BlobQuery }>(
    '/api/v1/blobs/:hash',
    async (request, reply) => {
      const stream = { project, streamId: requireTraceId(request.query.traceId) };
      const [bytes] = await log.getBlobs(stream, [requireRef(request.params.hash)]);
      if (bytes === undefined)
        throw new SpantailError(
          'NOT_FOUND',
          `trace ${stream.streamId} has no blob ${request.params.hash}`,
        );
      return reply
        .header('cache-control', IMMUTABLE)
        .header('etag', `"${request.params.hash}"`)
        .type('application/octet-stream')
        .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    },
  );

  app.get<{ Querystring: BlobQuery }>('/api/v1/blobs', async (request, reply) => {
    const stream = { project, streamId: requireTraceId(request.query.traceId) };
    const hashes = [request.query.hash ?? []].flat();
    if (hashes.length === 0 || hashes.length > MOST_HASHES)
      throw new SpantailError('BAD_MESSAGE', `pass 1 to ${MOST_HASHES} "hash" parameters`);
    const found = await log.getBlobs(stream, hashes.map(requireRef));
    return reply.type('application/msgpack').send(Buffer.from(encodeBlobList(found)));
  });

  app.post<{ Params: { traceId: string }; Body: Buffer }>(
    '/api/v1/traces/:traceId/blobs',
    async (request, reply) => {
      const stream = { project, streamId: requireTraceId(request.params.traceId) };
      if (!Buffer.isBuffer(request.body))
        throw new SpantailError('BAD_MESSAGE', 'send a MessagePack array of {ref, bytes}');
      await log.putBlobs(stream, decodeBlobs(request.body, hashBlob));
      return reply.code(204).send();
    },
  );
}

function requireTraceId(value: unknown): string {
  if (isTraceId(value)) return value;
  throw new SpantailError(
    'TRACE_ID_INVALID',
    `traceId is 32 lower-case hex digits, not "${String(value).slice(0, 80)}"`,
  );
}

function requireRef(hash: string): BlobRef {
  const ref = fromHex(hash);
  if (ref !== undefined && ref.byteLength === BLOB_REF_BYTES) return ref;
  throw new SpantailError(
    'BAD_MESSAGE',
    `a blob's hash is ${2 * BLOB_REF_BYTES} lower-case hex digits, not "${hash.slice(0, 80)}"`,
  );
}
