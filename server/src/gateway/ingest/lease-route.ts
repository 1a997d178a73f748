import { LIMITS, SpantailError, decodeRenewal } from '@spantail/protocol';
import type { FastifyInstance } from 'fastify';
import { sendProblem } from '../http/problem.ts';
import type { Ingest } from './ingest.ts';

/** `POST /api/v1/leases`: MessagePack in, 204 out; 503 when the log takes nothing. */
export function registerLeases(app: FastifyInstance, ingest: Ingest): void {
  app.post<{ Body: Buffer }>(
    '/api/v1/leases',
    { bodyLimit: LIMITS.ingestBytes },
    async (request, reply) => {
      const { body } = request;
      try {
        if (!Buffer.isBuffer(body))
          throw new SpantailError(
            'BAD_MESSAGE',
            'send one MessagePack map with content-type application/msgpack',
          );
        await ingest.admit(body.byteLength, () => ingest.renew(decodeRenewal(body)));
        return await reply.code(204).send();
      } catch (error) {
        return sendProblem(reply, error);
      }
    },
  );
}
