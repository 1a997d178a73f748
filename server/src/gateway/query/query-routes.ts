import {
  QueryError,
  SpantailError,
  isSpanId,
  type PageKey,
  type QuerySubject,
  type RunRow,
  type SpanRow,
} from '@spantail/protocol';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Archive, PageQuery } from '../../archive/archive.ts';
import type { EventLog, StreamName } from '../../log/event-log.ts';
import { listAnswer } from './list-answer.ts';
import { readListRequest, readStatsRequest } from './list-request.ts';
import { fingerprintOf, readToken, writeToken } from './page-token.ts';
import { described, type Parameters } from './parameters.ts';
import { loadValues } from './payload-values.ts';
import { runStream } from './run-stream.ts';
import { spanJson } from './row-json.ts';
import { ROUTES } from './route-schemas.ts';
import { RUN_SPANS_LIMIT } from './schemas.ts';

export interface QueryRoutesOptions {
  /** Absent: there is no record, and every route says so. */
  archive: Archive | undefined;
  log: EventLog;
  project: string;
}

interface Request {
  Params: { traceId: string; spanId: string };
  Querystring: Parameters;
}

/** Rows of an answer of statistics. */
const MOST_STATS_ROWS = 10_000;

/** The record over REST: `/api/v1/runs`, `/spans`, `/stats` and what is below one run. */
export function registerQuery(app: FastifyInstance, options: QueryRoutesOptions): void {
  const { log, project } = options;

  app.get<Request>('/api/v1/runs', described(ROUTES.runs), async ({ query: parameters }, reply) => {
    const archive = requireArchive(options);
    const { query, tokenAt } = readListRequest(project, 'run', parameters);
    const text = await listAnswer<RunRow>('runs', {
      ...query,
      after: query.after,
      read: (limit, after) => archive.runs(stepOf(query, limit, after)),
      toJson: (rows) => rows,
      tokenAt,
    });
    return sendJson(reply, text);
  });

  app.get<Request>(
    '/api/v1/spans',
    described(ROUTES.spans),
    async ({ query: parameters }, reply) => {
      const archive = requireArchive(options);
      const { query, tokenAt } = readListRequest(project, 'span', parameters);
      const text = await listAnswer<SpanRow>('spans', {
        ...query,
        after: query.after,
        read: (limit, after) => archive.spans(stepOf(query, limit, after)),
        toJson: (rows) => rows.map((row) => spanJson(row)),
        tokenAt,
      });
      return sendJson(reply, text);
    },
  );

  app.get<Request>(
    '/api/v1/stats',
    described(ROUTES.stats),
    async ({ query: parameters }, reply) => {
      const archive = requireArchive(options);
      const stats = await archive.stats(readStatsRequest(project, parameters));
      if (stats.length > MOST_STATS_ROWS)
        throw new QueryError(
          'every',
          `this makes ${stats.length} rows, above ${MOST_STATS_ROWS}: take wider slots, or narrow "start"`,
        );
      return sendJson(reply, JSON.stringify({ stats }));
    },
  );

  app.get<Request>('/api/v1/runs/:traceId', described(ROUTES.run), async ({ params }, reply) => {
    const archive = requireArchive(options);
    return sendJson(
      reply,
      JSON.stringify(await requireRun(archive, runStream(project, params.traceId))),
    );
  });

  app.get<Request>(
    '/api/v1/runs/:traceId/spans',
    described(ROUTES.runSpans),
    async ({ params, query: parameters }, reply) => {
      const archive = requireArchive(options);
      const stream = runStream(project, params.traceId);
      const fingerprint = fingerprintOf(stream.streamId, {});
      const { next, limit = RUN_SPANS_LIMIT.usual } = parameters;
      const after = next === undefined ? undefined : readToken(next, fingerprint, 'span').key;
      await requireRun(archive, stream);
      const text = await listAnswer<SpanRow>('spans', {
        limit: Number(limit),
        after,
        sort: 'start',
        read: (most, behind) => archive.runSpans(stream, most, behind),
        toJson: (rows) => spansJson(archive, stream, rows, parameters),
        tokenAt: (key) => writeToken({ key, nowUs: 0 }, fingerprint),
      });
      return sendJson(reply, text);
    },
  );

  app.get<Request>(
    '/api/v1/runs/:traceId/path/:spanId',
    described(ROUTES.path),
    async ({ params, query: parameters }, reply) => {
      const archive = requireArchive(options);
      const stream = runStream(project, params.traceId);
      const { spanId } = params;
      if (!isSpanId(spanId))
        throw new QueryError(
          'spanId',
          `a span id is 16 lower-case hex digits, not "${String(spanId).slice(0, 80)}"`,
        );
      await requireRun(archive, stream);
      const rows = await archive.path(stream, spanId);
      if (rows.length === 0)
        throw new SpantailError('NOT_FOUND', `run ${stream.streamId} has no span ${spanId}`);
      const path = await spansJson(archive, stream, rows, parameters);
      return sendJson(reply, JSON.stringify({ path }));
    },
  );

  async function spansJson(
    archive: Archive,
    stream: StreamName,
    rows: SpanRow[],
    { payloads }: Parameters,
  ): Promise<object[]> {
    const values = payloads === 'full' ? await loadValues(archive, log, stream, rows) : undefined;
    return rows.map((row) => spanJson(row, values));
  }
}

/** One step of the page that was asked for. */
function stepOf<Subject extends QuerySubject>(
  query: PageQuery<Subject>,
  limit: number,
  after: PageKey | undefined,
): PageQuery<Subject> {
  const step = { ...query, limit };
  delete step.after;
  return after === undefined ? step : { ...step, after };
}

function requireArchive({ archive }: QueryRoutesOptions): Archive {
  if (archive !== undefined) return archive;
  throw new SpantailError(
    'NOT_FOUND',
    'this gateway keeps no record of runs: it was started with --archive none',
  );
}

async function requireRun(archive: Archive, stream: StreamName): Promise<RunRow> {
  const run = await archive.run(stream);
  if (run !== undefined) return run;
  throw new SpantailError('NOT_FOUND', `there is no run ${stream.streamId} in the record`);
}

function sendJson(reply: FastifyReply, text: string): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(text);
}
