import { ERRORS, SpantailError, type ErrorCode } from '@spantail/protocol';
import type { FastifyReply } from 'fastify';

/** Answers with RFC 9457 problem+json made from the errors table. */
export function sendProblem(reply: FastifyReply, error: unknown): FastifyReply {
  const { code, message } = toProblem(error);
  const entry = ERRORS[code];
  const status = entry.http ?? 500;
  if (entry.retry && status !== 500) void reply.header('retry-after', '1');
  return reply
    .code(status)
    .type('application/problem+json')
    .send({
      type: `urn:spantail:error:${code}`,
      title: entry.title,
      status,
      code,
      detail: message,
    });
}

function toProblem(error: unknown): { code: ErrorCode; message: string } {
  if (error instanceof SpantailError) return { code: error.code, message: error.message };
  if (error instanceof Error) {
    const status = 'statusCode' in error ? error.statusCode : undefined;
    if (status === 413) return { code: 'TOO_LARGE', message: error.message };
    if (status === 404) return { code: 'NOT_FOUND', message: error.message };
    if (typeof status === 'number' && status < 500)
      return { code: 'BAD_MESSAGE', message: error.message };
    return { code: 'INTERNAL', message: error.message };
  }
  return { code: 'INTERNAL', message: String(error) };
}
