import type * as Grpc from '@grpc/grpc-js';
import type { Ingest } from '../../gateway/ingest/ingest.ts';
import { GRPC_CODES, failureOf } from '../failure.ts';
import { OTLP_BODY_BYTES } from '../http/otlp-routes.ts';
import type { OtlpIngest } from '../otlp-ingest.ts';
import { writePartialSuccess, writeStatus } from '../protobuf/write-response.ts';
import { takeSignal, type Signal } from '../take-signal.ts';

export interface OtlpGrpcOptions {
  otlp: OtlpIngest;
  ingest: Ingest;
  host: string;
  /** 0 takes a free one. */
  port: number;
}

export interface OtlpGrpc {
  port: number;
  close(): Promise<void>;
}

/** What is in flight when it stops has this long. */
const FINISH_MS = 3_000;

const SERVICES: Record<Signal, string> = {
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
};

/**
 * OTLP over gRPC. Messages go through as bytes to the same reader as those of HTTP; the library is
 * loaded only when it is asked for.
 */
export async function startOtlpGrpc(options: OtlpGrpcOptions): Promise<OtlpGrpc> {
  const grpc = await import('@grpc/grpc-js');
  const server = new grpc.Server({
    'grpc.max_receive_message_length': OTLP_BODY_BYTES,
    'grpc.max_send_message_length': 1024 * 1024,
  });
  for (const signal of ['traces', 'logs'] as const)
    server.addService(definitionOf(SERVICES[signal]), {
      export: handlerOf(signal, options, grpc),
    });
  const port = await new Promise<number>((resolve, reject) => {
    const address = options.host.includes(':') ? `[${options.host}]` : options.host;
    server.bindAsync(
      `${address}:${options.port}`,
      grpc.ServerCredentials.createInsecure(),
      (error, bound) => (error === null ? resolve(bound) : reject(error)),
    );
  });
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        const late = setTimeout(() => server.forceShutdown(), FINISH_MS);
        server.tryShutdown(() => {
          clearTimeout(late);
          resolve();
        });
      }),
  };
}

function definitionOf(path: string): Grpc.ServiceDefinition {
  const asItIs = (bytes: Buffer): Buffer => bytes;
  return {
    export: {
      path,
      requestStream: false,
      responseStream: false,
      requestSerialize: asItIs,
      requestDeserialize: asItIs,
      responseSerialize: asItIs,
      responseDeserialize: asItIs,
    },
  };
}

function handlerOf(
  signal: Signal,
  { otlp, ingest }: OtlpGrpcOptions,
  grpc: typeof Grpc,
): Grpc.handleUnaryCall<Buffer, Buffer> {
  return ({ request }, answer) => {
    ingest
      .admit(request.byteLength, () => takeSignal(otlp, signal, 'protobuf', request))
      .then(({ rejected }) =>
        answer(null, writePartialSuccess(rejected.count, rejected.messages.join('; '))),
      )
      .catch((error: unknown) => {
        const { grpc: code, message, retryAfterSeconds } = failureOf(error);
        const metadata = new grpc.Metadata();
        // OTLP's way to say how long to wait; the code alone says that it may be sent again.
        if (retryAfterSeconds !== undefined)
          metadata.set(
            'grpc-status-details-bin',
            writeStatus(GRPC_CODES[code], message, retryAfterSeconds),
          );
        answer({ code: grpc.status[code], details: message, metadata });
      });
  };
}
