import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { encodeServerMessage } from '@spantail/protocol';
import type { Hub } from '../hub/hub.ts';
import { SseTransport } from '../viewer/sse-transport.ts';
import { Viewer, type ViewerLimits } from '../viewer/viewer.ts';

interface SseQuery {
  after?: string | string[];
  follow?: string | string[];
}

const HEARTBEAT = encodeServerMessage({ type: 'heartbeat' });

/**
 * `GET /api/v1/traces/:traceId/events`: a trace as server-sent events, for curl and `EventSource`,
 * which resumes by `Last-Event-ID`. Ends with the run, unless `follow=true`.
 *
 * Returns a function that ends all of them.
 */
export function registerSse(
  app: FastifyInstance,
  hub: Hub,
  project: string,
  limits: ViewerLimits,
  heartbeatMs: number,
): () => void {
  const viewers = new Set<Viewer>();

  app.get<{ Params: { traceId: string }; Querystring: SseQuery }>(
    '/api/v1/traces/:traceId/events',
    // HEAD has no body, so it would never end.
    { exposeHeadRoute: false },
    (request, reply) => {
      reply.hijack();
      const endWithRun = request.query.follow !== 'true';
      const transport = new SseTransport(reply.raw, corsHeaders(reply), endWithRun);
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
    },
  );

  return () => {
    for (const viewer of viewers) viewer.closeWith('GOING_AWAY');
  };
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
function resumeFrom(request: IncomingMessage, query: SseQuery): string | undefined {
  const header = request.headers['last-event-id'];
  const values = [header ?? query.after ?? []].flat();
  return values.length === 0 ? undefined : values.join(',');
}
