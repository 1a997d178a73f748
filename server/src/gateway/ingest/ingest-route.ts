import {
  LIMITS,
  SpantailError,
  decodeIngestRequest,
  encodeIngestResponse,
} from '@spantail/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hashBlob } from '../../payload/hash-blob.ts';
import { sendProblem, toProblem } from '../http/problem.ts';
import type { Ingest } from './ingest.ts';
import { INGEST_SCHEMA } from './ingest-schema.ts';
import type { JsonIngest } from './json/json-ingest.ts';
import { answerJson, isJson, takeJson } from './json/json-route.ts';

/**
 * `POST /api/v1/ingest`: batches in MessagePack from a publisher, or events in JSON from whoever has
 * no library. Answered in kind; 503 when the log takes nothing.
 */
export function registerIngest(app: FastifyInstance, ingest: Ingest, json: JsonIngest): void {
  void app.register((scope, _options, done) => {
    takeJson(scope);
    scope.setErrorHandler((error, request, reply) =>
      isUnsupported(error) ? refuseType(request, reply) : sendProblem(reply, error),
    );
    scope.post<{ Body: unknown }>(
      '/api/v1/ingest',
      {
        bodyLimit: LIMITS.ingestBytes,
        schema: INGEST_SCHEMA,
        // What comes in is checked where it is read.
        validatorCompiler: () => (value: unknown) => ({ value }),
        serializerCompiler: () => (value: unknown) => JSON.stringify(value),
      },
      async (request, reply) => {
        const { body } = request;
        if (isCoded(request)) return refuseType(request, reply);
        if (isJson(request)) return answerJson(request, reply, json);
        if (!Buffer.isBuffer(body)) return refuseType(request, reply);
        const response = await ingest.admit(body.byteLength, () =>
          ingest.append(decodeIngestRequest(body, hashBlob)),
        );
        return reply.type('application/msgpack').send(Buffer.from(encodeIngestResponse(response)));
      },
    );
    done();
  });
}

/** No table of codes has this status: it is HTTP's own. */
function refuseType(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { 'content-type': type, 'content-encoding': coding } = request.headers;
  const what = isCoded(request)
    ? `content-encoding is "${shown(coding)}"; send the body as it is`
    : `content-type is "${shown(type)}"; send events as application/json or application/x-ndjson, or batches as application/msgpack`;
  const problem = toProblem(new SpantailError('BAD_MESSAGE', what));
  return reply
    .code(415)
    .type('application/problem+json')
    .send({ ...problem, status: 415 });
}

function isCoded({ headers }: FastifyRequest): boolean {
  return (headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity';
}

function isUnsupported(error: unknown): boolean {
  return error instanceof Error && 'statusCode' in error && error.statusCode === 415;
}

function shown(text: string | undefined): string {
  return (text ?? '').slice(0, 100);
}
