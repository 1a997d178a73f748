import type { IncomingMessage } from 'node:http';
import { SpantailError, encodeServerMessage } from '@spantail/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Hub } from '../hub/hub.ts';
import { described } from '../query/parameters.ts';
import { runStream } from '../query/run-stream.ts';
import { ROUTES } from '../query/route-schemas.ts';
import { NDJSON, SSE, type EventFraming } from '../viewer/event-framing.ts';
import { HttpTransport, type EndAt } from '../viewer/http-transport.ts';
import { Viewer, type ViewerLimits } from '../viewer/viewer.ts';

interface EventsRequest {
  Params: { traceId: string };
  Querystring: EventsQuery;
}

interface EventsQuery {
  after?: string | string[];
  follow?: string | string[];
  format?: string | string[];
}

export interface EventRoutesOptions {
  hub: Hub;
  project: string;
  limits: ViewerLimits;
  heartbeatMs: number;
}

const HEARTBEAT = encodeServerMessage({ type: 'heartbeat' });

/**
 * A trace's events as server-sent events, for curl and `EventSource`, which resumes by
 * `Last-Event-ID`, or as lines of JSON. They end with the run, unless `follow=true`, or, with
 * `follow=false`, as soon as all there is has been sent.
 *
 * - `GET /api/v1/traces/:traceId/events` waits for a trace that does not exist yet
 * - `GET /api/v1/runs/:traceId/events` does so with `follow=true` only
 *
 * Returns a function that ends all of them.
 */
export function registerEvents(app: FastifyInstance, options: EventRoutesOptions): () => void {
  const { hub, project, limits, heartbeatMs } = options;
  const viewers = new Set<Viewer>();

  const serve = (request: FastifyRequest<EventsRequest>, reply: FastifyReply): void => {
    reply.hijack();
    const transport = new HttpTransport(reply.raw, {
      framing: framingFor(request.raw, request.query),
      headers: corsHeaders(reply),
      endAt: END_AT[String(request.query.follow)] ?? 'end',
    });
    const viewer = new Viewer(hub, project, transport, limits);
    viewers.add(viewer);
    const beat = setInterval(() => viewer.sendEncoded(HEARTBEAT), heartbeatMs);
    const check = setInterval(
      () => viewer.checkProgress(Date.now()),
      Math.min(1_000, limits.stuckMs / 2),
    );
    reply.raw.on('close', () => {
      clearInterval(beat);
      clearInterval(check);
      viewers.delete(viewer);
      viewer.dispose();
    });
    const after = resumeFrom(request.raw, request.query);
    viewer.handle({
      type: 'subscribe',
      streamId: request.params.traceId,
      ...(after === undefined ? {} : { after }),
    });
  };

  app.get<EventsRequest>(
    '/api/v1/traces/:traceId/events',
    // HEAD has no body, so it would never end.
    { exposeHeadRoute: false, schema: { hide: true } },
    serve,
  );

  app.get<EventsRequest>(
    '/api/v1/runs/:traceId/events',
    { exposeHeadRoute: false, ...described(ROUTES.events) },
    async (request, reply) => {
      const { streamId } = runStream(project, request.params.traceId);
      const waits = request.query.follow === 'true';
      if (!waits && (await hub.log.tail({ project, streamId })) === undefined)
        throw new SpantailError('NOT_FOUND', `there is no run ${streamId}`);
      serve(request, reply);
    },
  );

  return () => {
    for (const viewer of viewers) viewer.closeWith('GOING_AWAY');
  };
}

const END_AT: Record<string, EndAt> = { true: 'never', false: 'live' };

/** The parameter first: a page's own code cannot choose the header of an `EventSource`. */
function framingFor({ headers }: IncomingMessage, { format }: EventsQuery): EventFraming {
  if (format !== undefined) return format === 'ndjson' ? NDJSON : SSE;
  return /\bapplication\/x-ndjson\b/i.test(headers.accept ?? '') ? NDJSON : SSE;
}

/** What the CORS hook left on the reply, which this answer goes past. */
function corsHeaders(reply: FastifyReply): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of ['access-control-allow-origin', 'vary']) {
    const value = reply.getHeader(name);
    if (typeof value === 'string') headers[name] = value;
  }
  return headers;
}

/** The header first: a page that connects again asks for the same URL, but has come further. */
function resumeFrom(request: IncomingMessage, query: EventsQuery): string | undefined {
  const header = request.headers['last-event-id'];
  const values = [header ?? query.after ?? []].flat();
  return values.length === 0 ? undefined : values.join(',');
}
