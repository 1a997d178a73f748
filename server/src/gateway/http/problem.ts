import {
  ERRORS,
  QueryError,
  SpantailError,
  type ErrorCode,
  type ErrorEntry,
} from '@spantail/protocol';
import type { FastifyReply } from 'fastify';

/** RFC 9457, made from the errors table. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  /** The parameter that is wrong. */
  parameter?: string;
  /** Index of the character in it. */
  position?: number;
}

export function toProblem(error: unknown): Problem {
  const code = codeOf(error);
  const { http, title }: ErrorEntry = ERRORS[code];
  return {
    type: `urn:spantail:error:${code}`,
    title,
    status: http ?? 500,
    code,
    detail: error instanceof Error ? error.message : String(error),
    ...(error instanceof QueryError ? placeOf(error) : {}),
  };
}

/** @param more members besides those of every problem */
export function sendProblem(reply: FastifyReply, error: unknown, more: object = {}): FastifyReply {
  const problem = { ...toProblem(error), ...more };
  if (ERRORS[problem.code].retry && problem.status !== 500) void reply.header('retry-after', '1');
  return reply.code(problem.status).type('application/problem+json').send(problem);
}

function placeOf({ parameter, position }: QueryError): Pick<Problem, 'parameter' | 'position'> {
  return position === undefined ? { parameter } : { parameter, position };
}

function codeOf(error: unknown): ErrorCode {
  if (error instanceof SpantailError) return error.code;
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  if (status === 413) return 'TOO_LARGE';
  if (status === 403) return 'FORBIDDEN';
  if (status === 404) return 'NOT_FOUND';
  return typeof status === 'number' && status < 500 ? 'BAD_MESSAGE' : 'INTERNAL';
}
