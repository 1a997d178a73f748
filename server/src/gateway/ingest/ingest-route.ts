import { LIMITS, decodeIngestRequest, encodeIngestResponse } from '@spantail/protocol';
import type { FastifyInstance } from 'fastify';
import { hashBlob } from '../../payload/hash-blob.ts';
import { sendProblem } from '../http/problem.ts';
import { UnsupportedMediaType } from '../http/unsupported-media-type.ts';
import type { Ingest } from './ingest.ts';
import { INGEST_SCHEMA } from './ingest-schema.ts';
import type { JsonIngest } from './json/json-ingest.ts';
import { answerJson, isJson, takeJson } from './json/json-route.ts';
import { readRequest, sendUnsupported, unsupportedType } from './read-request.ts';

/**
 * `POST /api/v1/ingest`: batches in MessagePack from a publisher, or events in JSON from whoever has
 * no library. Answered in kind; 503 when the log takes nothing.
 */
export function registerIngest(app: FastifyInstance, ingest: Ingest, json: JsonIngest): void {
  void app.register((scope, _options, done) => {
    takeJson(scope);
    scope.setErrorHandler((error, request, reply) => {
      if (error instanceof UnsupportedMediaType) return sendUnsupported(reply, error);
      if (isUnsupported(error)) return sendUnsupported(reply, unsupportedType(request));
      return sendProblem(reply, error);
    });
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
        const body = await readRequest(request, ingest);
        if (isJson(request)) return answerJson(request, reply, body, json);
        const response = await ingest.admit(body.byteLength, () =>
          ingest.append(decodeIngestRequest(body, hashBlob)),
        );
        return reply.type('application/msgpack').send(Buffer.from(encodeIngestResponse(response)));
      },
    );
    done();
  });
}

/** Fastify refuses what it has no parser for before the route runs. */
function isUnsupported(error: unknown): boolean {
  return error instanceof Error && 'statusCode' in error && error.statusCode === 415;
}
