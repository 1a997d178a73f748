import {
  LIMITS,
  SpantailError,
  decodeIngestRequest,
  encodeIngestResponse,
} from '@spantail/protocol';
import type { FastifyInstance } from 'fastify';
import { hashBlob } from '../../payload/hash-blob.ts';
import { sendProblem } from '../http/problem.ts';
import type { Ingest } from './ingest.ts';

/** `POST /api/v1/ingest`: MessagePack in, MessagePack out; 503 when the log takes nothing. */
export function registerIngest(app: FastifyInstance, ingest: Ingest): void {
  app.post<{ Body: Buffer }>(
    '/api/v1/ingest',
    { bodyLimit: LIMITS.ingestBytes },
    async (request, reply) => {
      const { body } = request;
      try {
        if (!Buffer.isBuffer(body))
          throw new SpantailError(
            'BAD_MESSAGE',
            'send one MessagePack map with content-type application/msgpack',
          );
        const response = await ingest.admit(body.byteLength, () =>
          ingest.append(decodeIngestRequest(body, hashBlob)),
        );
        return await reply
          .type('application/msgpack')
          .send(Buffer.from(encodeIngestResponse(response)));
      } catch (error) {
        return sendProblem(reply, error);
      }
    },
  );
}
