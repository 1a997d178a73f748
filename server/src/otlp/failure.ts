import { ERRORS, SpantailError, type ErrorEntry } from '@spantail/protocol';
import { UnsupportedMediaType } from '../gateway/http/unsupported-media-type.ts';

/** gRPC's codes (`google.rpc.Code`) that are answered here. */
export const GRPC_CODES = {
  INVALID_ARGUMENT: 3,
  RESOURCE_EXHAUSTED: 8,
  UNIMPLEMENTED: 12,
  UNAVAILABLE: 14,
} as const;
export type GrpcCode = keyof typeof GRPC_CODES;

/** Why a request was refused, in the words of both transports. */
export interface OtlpFailure {
  http: number;
  grpc: GrpcCode;
  message: string;
  /** Sending it again may help, after so long. Kept short: SDKs give up beyond their own time. */
  retryAfterSeconds?: number;
}

const RETRY_AFTER_SECONDS = 1;

export function failureOf(error: unknown): OtlpFailure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UnsupportedMediaType || statusOf(error) === 415)
    return { http: 415, grpc: 'INVALID_ARGUMENT', message };
  const code = error instanceof SpantailError ? error.code : codeOfStatus(error);
  const entry: ErrorEntry = ERRORS[code];
  const http = entry.http ?? 500;
  if (code === 'TOO_LARGE') return { http: 413, grpc: 'RESOURCE_EXHAUSTED', message };
  if (!entry.retry) return { http, grpc: 'INVALID_ARGUMENT', message };
  // A fault of ours may be over the next time, but 500 is not sent again by OTLP's rules.
  return {
    http: http === 500 ? 503 : http,
    grpc: 'UNAVAILABLE',
    message,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  };
}

/** Fastify's own refusals. */
function codeOfStatus(error: unknown): 'TOO_LARGE' | 'BAD_MESSAGE' | 'INTERNAL' {
  const status = statusOf(error);
  if (status === 413) return 'TOO_LARGE';
  return status !== undefined && status < 500 ? 'BAD_MESSAGE' : 'INTERNAL';
}

function statusOf(error: unknown): number | undefined {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}
