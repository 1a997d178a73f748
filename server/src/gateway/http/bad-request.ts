import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { QUERY_LIMITS, SpantailError } from '@spantail/protocol';
import { toProblem, type Problem } from './problem.ts';

/** A request's line and headers: the longest filter, each of its characters written in 9 bytes. */
export const MOST_HEADER_BYTES = 65_536;

/** Answers what is no request at all, or none that came in time, and ends the connection. */
export function answerBadRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const problem = problemOf(error.code);
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  if (socket.writable) socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroy(error);
}

function problemOf(code: string | undefined): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') {
    const detail = `the address and headers are above ${MOST_HEADER_BYTES} bytes; a filter (q) has at most ${QUERY_LIMITS.characters} characters`;
    return { ...toProblem(new SpantailError('TOO_LARGE', detail)), parameter: 'q' };
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    const detail = 'the request did not arrive in whole in time';
    return { ...toProblem(new SpantailError('BAD_MESSAGE', detail)), status: 408 };
  }
  return toProblem(new SpantailError('BAD_MESSAGE', 'this is not an HTTP request'));
}
