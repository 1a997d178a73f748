import { gzipSync } from 'node:zlib';
import type { Encoding } from './build.ts';
import { messageType } from './schema.ts';

const MEDIA_TYPES: Record<Encoding, string> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

export interface Answer {
  status: number;
  /** Spans or records that were rejected, and why. */
  rejected: number;
  message: string;
  /** Of a refusal: gRPC's code. */
  code: number | undefined;
  retryAfter: string | null;
  mediaType: string | null;
}

export interface PostOptions {
  signal?: 'traces' | 'logs';
  gzip?: boolean;
  headers?: Record<string, string>;
}

/** Sends an OTLP request and reads the answer in the request's encoding. */
export async function post(
  url: string,
  encoding: Encoding,
  body: Buffer,
  { signal = 'traces', gzip = false, headers = {} }: PostOptions = {},
): Promise<Answer> {
  const reply = await fetch(`${url}/v1/${signal}`, {
    method: 'POST',
    headers: {
      'content-type': MEDIA_TYPES[encoding],
      ...(gzip ? { 'content-encoding': 'gzip' } : {}),
      ...headers,
    },
    body: gzip ? gzipSync(body) : body,
  });
  const bytes = Buffer.from(await reply.arrayBuffer());
  const mediaType = reply.headers.get('content-type');
  return {
    status: reply.status,
    ...(reply.status === 200
      ? { ...readResponse(encoding, signal, bytes), code: undefined }
      : { ...readStatus(mediaType, bytes), rejected: 0 }),
    retryAfter: reply.headers.get('retry-after'),
    mediaType,
  };
}

function readResponse(
  encoding: Encoding,
  signal: string,
  bytes: Buffer,
): { rejected: number; message: string } {
  if (encoding === 'protobuf') {
    const { partialSuccess } = messageType('Response').toObject(
      messageType('Response').decode(bytes),
      { longs: Number },
    ) as { partialSuccess?: { rejected?: number; errorMessage?: string } };
    return {
      rejected: partialSuccess?.rejected ?? 0,
      message: partialSuccess?.errorMessage ?? '',
    };
  }
  const { partialSuccess } = JSON.parse(bytes.toString()) as {
    partialSuccess?: Record<string, string>;
  };
  const field = signal === 'traces' ? 'rejectedSpans' : 'rejectedLogRecords';
  return {
    rejected: Number(partialSuccess?.[field] ?? 0),
    message: partialSuccess?.['errorMessage'] ?? '',
  };
}

function readStatus(mediaType: string | null, bytes: Buffer): { code: number; message: string } {
  if (mediaType === 'application/x-protobuf')
    return messageType('Status').toObject(messageType('Status').decode(bytes)) as {
      code: number;
      message: string;
    };
  return JSON.parse(bytes.toString()) as { code: number; message: string };
}
