import { SpantailError } from '@spantail/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { decompress } from '../../gateway/http/decompress.ts';
import { UnsupportedMediaType } from '../../gateway/http/unsupported-media-type.ts';
import type { Ingest } from '../../gateway/ingest/ingest.ts';
import { GRPC_CODES, failureOf, type OtlpFailure } from '../failure.ts';
import type { OtlpIngest } from '../otlp-ingest.ts';
import { writePartialSuccess, writeStatus } from '../protobuf/write-response.ts';
import { takeSignal, type Encoding, type Signal } from '../take-signal.ts';

/** OTLP's own recommendation for what a receiver takes. */
export const OTLP_BODY_BYTES = 64 * 1024 * 1024;

const MEDIA_TYPES: Record<string, Encoding> = {
  'application/x-protobuf': 'protobuf',
  'application/protobuf': 'protobuf',
  'application/json': 'json',
};

/**
 * `POST /v1/traces` and `/v1/logs`: OTLP over HTTP, protobuf or JSON, gzip or not. The answer is in the
 * request's encoding, refusals (`google.rpc.Status`) too, else SDKs cannot read them.
 */
export function registerOtlp(app: FastifyInstance, otlp: OtlpIngest, ingest: Ingest): void {
  void app.register((scope, _options, done) => {
    scope.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: OTLP_BODY_BYTES },
      (_request, body, parsed) => parsed(null, body),
    );
    scope.setErrorHandler((error, request, reply) => refuse(request, reply, error));
    for (const signal of ['traces', 'logs'] as const)
      scope.post<{ Body: Buffer | undefined }>(
        `/v1/${signal}`,
        { bodyLimit: OTLP_BODY_BYTES },
        (request, reply) => take(request, reply, signal, otlp, ingest),
      );
    scope.post('/v1/metrics', (request, reply) =>
      refuseWith(request, reply, {
        http: 404,
        grpc: 'UNIMPLEMENTED',
        message: 'Spantail takes traces and logs, no metrics; set OTEL_METRICS_EXPORTER=none',
      }),
    );
    done();
  });
}

async function take(
  request: FastifyRequest<{ Body: Buffer | undefined }>,
  reply: FastifyReply,
  signal: Signal,
  otlp: OtlpIngest,
  ingest: Ingest,
): Promise<FastifyReply> {
  const encoding = encodingOf(request);
  if (encoding === undefined)
    throw new UnsupportedMediaType(
      `content-type "${(request.headers['content-type'] ?? '').slice(0, 80)}" is neither ` +
        'application/x-protobuf nor application/json',
    );
  const raw = request.body ?? Buffer.alloc(0);
  const { rejected } = await ingest.admit(raw.byteLength, async (hold) => {
    const body = await unpack(raw, request.headers['content-encoding']);
    // What it unpacks to is held as well while it is written.
    hold(body.byteLength - raw.byteLength);
    return takeSignal(otlp, signal, encoding, body);
  });
  const message = rejected.messages.join('; ');
  if (encoding === 'protobuf')
    return reply.type('application/x-protobuf').send(writePartialSuccess(rejected.count, message));
  const field = signal === 'traces' ? 'rejectedSpans' : 'rejectedLogRecords';
  return reply.type('application/json').send(
    rejected.count === 0
      ? '{}'
      : JSON.stringify({
          partialSuccess: { [field]: String(rejected.count), errorMessage: message },
        }),
  );
}

async function unpack(body: Buffer, coding: string | undefined): Promise<Buffer> {
  try {
    return await decompress(body, coding, OTLP_BODY_BYTES);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new SpantailError('BAD_MESSAGE', error.message, { cause: error });
  }
}

function refuse(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  return refuseWith(request, reply, failureOf(error));
}

function refuseWith(
  request: FastifyRequest,
  reply: FastifyReply,
  { http, grpc, message, retryAfterSeconds }: OtlpFailure,
): FastifyReply {
  if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(retryAfterSeconds));
  void reply.code(http);
  if (encodingOf(request) === 'protobuf')
    return reply.type('application/x-protobuf').send(writeStatus(GRPC_CODES[grpc], message));
  return reply.type('application/json').send(JSON.stringify({ code: GRPC_CODES[grpc], message }));
}

function encodingOf(request: FastifyRequest): Encoding | undefined {
  const [mediaType = ''] = (request.headers['content-type'] ?? '').split(';');
  return MEDIA_TYPES[mediaType.trim().toLowerCase()];
}
