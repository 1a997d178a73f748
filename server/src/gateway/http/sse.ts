import type { FastifyInstance } from 'fastify';
import { encodeServerMessage } from '@spantail/protocol';
import type { Hub } from '../hub/hub.ts';
import { SseTransport } from '../viewer/sse-transport.ts';
import { Viewer, type ViewerLimits } from '../viewer/viewer.ts';

interface SseQuery {
  after?: string;
  follow?: string;
}

const HEARTBEAT = encodeServerMessage({ type: 'heartbeat' });

/**
 * `GET /api/v1/traces/:traceId/events`: a trace as server-sent events, for curl and `EventSource`,
 * which resumes by `Last-Event-ID`. Ends with the run, unless `follow=true`.
 */
export function registerSse(
  app: FastifyInstance,
  hub: Hub,
  project: string,
  limits: ViewerLimits,
  heartbeatMs: number,
): void {
  app.get<{ Params: { traceId: string }; Querystring: SseQuery }>(
    '/api/v1/traces/:traceId/events',
    (request, reply) => {
      reply.hijack();
      const endWithRun = request.query.follow !== 'true';
      const transport = new SseTransport(reply.raw, endWithRun);
      const viewer = new Viewer(hub, project, transport, limits);
      const beat = setInterval(() => {
        viewer.checkProgress(Date.now());
        viewer.sendEncoded(HEARTBEAT);
      }, heartbeatMs);
      reply.raw.on('close', () => {
        clearInterval(beat);
        viewer.dispose();
      });
      const header = request.headers['last-event-id'];
      const after = request.query.after ?? (typeof header === 'string' ? header : undefined);
      viewer.handle({
        type: 'subscribe',
        streamId: request.params.traceId,
        ...(after === undefined ? {} : { after }),
      });
    },
  );
}
