import { LIMITS, SpantailError } from '@spantail/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from '../../http/problem.ts';
import type { JsonIngest, JsonResult } from './json-ingest.ts';

const JSON_TYPE = 'application/json';
const LINES_TYPES = ['application/x-ndjson', 'application/jsonl'];

/** Whether the request's content is for {@link answerJson}. */
export function isJson(request: FastifyRequest): boolean {
  return [JSON_TYPE, ...LINES_TYPES].includes(mediaTypeOf(request));
}

/** Lets this route, and no other one, take JSON. */
export function takeJson(scope: FastifyInstance): void {
  scope.addContentTypeParser(
    [JSON_TYPE, ...LINES_TYPES],
    { parseAs: 'buffer', bodyLimit: LIMITS.ingestBytes },
    (_request, body, done) => done(null, body),
  );
}

/** [IJ4] 200 when everything is in; else what the first refusal says, and what became of the rest. */
export async function answerJson(
  request: FastifyRequest,
  reply: FastifyReply,
  body: Uint8Array,
  ingest: JsonIngest,
): Promise<FastifyReply> {
  const isLines = LINES_TYPES.includes(mediaTypeOf(request));
  const results = await ingest.take(body, isLines);
  const refused = firstRefusal(results);
  if (refused === undefined) return reply.type(JSON_TYPE).send(JSON.stringify({ results }));
  const error = new SpantailError(refused.code, refused.message);
  return sendProblem(reply, error, { results });
}

/** One that may come again counts first: sent again, the request is refused for the other one. */
function firstRefusal(
  results: readonly JsonResult[],
): Extract<JsonResult, { outcome: 'refused' }> | undefined {
  const refused = results.filter((result) => result.outcome === 'refused');
  return refused.find(({ retry }) => !retry) ?? refused[0];
}

function mediaTypeOf({ headers }: FastifyRequest): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}
