import { LIMITS, SpantailError } from '@spantail/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { decompress } from '../http/decompress.ts';
import { toProblem } from '../http/problem.ts';
import { UnsupportedMediaType } from '../http/unsupported-media-type.ts';
import type { Ingest } from './ingest.ts';

/**
 * A request's body, unpacked when it was sent with gzip.
 *
 * @throws SpantailError BATCH_INVALID, TOO_LARGE, OVERLOADED; UnsupportedMediaType
 */
export async function readRequest(request: FastifyRequest, ingest: Ingest): Promise<Buffer> {
  const { body } = request;
  if (!Buffer.isBuffer(body)) throw unsupportedType(request);
  const coding = request.headers['content-encoding'];
  if (coding === undefined) return body;
  try {
    return await ingest.admit(body.byteLength, () => decompress(body, coding, LIMITS.ingestBytes));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new SpantailError('BATCH_INVALID', error.message, { cause: error });
  }
}

/** What this is instead, and what to send: curl's own type is that of a form. */
export function unsupportedType({ headers }: FastifyRequest): UnsupportedMediaType {
  const type = (headers['content-type'] ?? '').slice(0, 100);
  const hint = type.startsWith(FORM) ? ", with curl -H 'content-type: application/json'" : '';
  return new UnsupportedMediaType(
    `content-type is "${type}"; send events as application/json or application/x-ndjson, or batches as application/msgpack${hint}`,
  );
}

/** What `curl -d` says of itself. */
const FORM = 'application/x-www-form-urlencoded';

/** No table of codes has this status: it is HTTP's own. */
export function sendUnsupported(reply: FastifyReply, error: UnsupportedMediaType): FastifyReply {
  const problem = toProblem(new SpantailError('BAD_MESSAGE', error.message));
  return reply
    .code(415)
    .type('application/problem+json')
    .send({ ...problem, status: 415 });
}
