import type { AddressInfo } from 'node:net';
import cors from '@fastify/cors';
import { LIMITS, SpantailError } from '@spantail/protocol';
import fastify, { type FastifyInstance } from 'fastify';
import type { EventLog } from '../log/event-log.ts';
import { registerBlobs } from './http/blobs.ts';
import { registerHealth } from './http/health.ts';
import { sendProblem } from './http/problem.ts';
import { registerSse } from './http/sse.ts';
import { Hub, type HubOptions } from './hub/hub.ts';
import { Ingest, type IngestOptions } from './ingest/ingest.ts';
import { registerIngest } from './ingest/ingest-route.ts';
import { acceptPublisher } from './ingest/ingest-socket.ts';
import { allowsOrigin } from './origin.ts';
import {
  INGEST_MAX_PAYLOAD_BYTES,
  INGEST_SOCKET_PATH,
  WATCH_MAX_PAYLOAD_BYTES,
  WATCH_PATH,
  routeUpgrades,
} from './upgrade.ts';
import { VIEWER_LIMITS, type ViewerLimits } from './viewer/viewer.ts';
import { WatchSockets } from './viewer/watch-socket.ts';

export interface GatewayOptions extends HubOptions, IngestOptions {
  log: EventLog;
  /** Default `127.0.0.1`. */
  host?: string;
  /** Default 7321; 0 takes a free one. */
  port?: number;
  /** Default `default`. */
  project?: string;
  /** Origins of web pages that may connect, besides loopback and the gateway's own. */
  allowOrigins?: readonly string[];
  /** The server sends something at least this often. Default 10,000. */
  heartbeatMs?: number;
  viewerLimits?: Partial<ViewerLimits>;
  /** How long viewers have to go elsewhere when the gateway stops. Default 500. */
  drainMs?: number;
}

export interface Gateway {
  host: string;
  port: number;
  /** `http://host:port` */
  url: string;
  /** Says goaway, answers what is in flight, closes sockets. Leaves the log open. */
  close(): Promise<void>;
}

export const DEFAULT_PORT = 7321;

/** Starts a gateway on an open log. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { log, host = '127.0.0.1', port = DEFAULT_PORT, project = 'default' } = options;
  const { allowOrigins = [], heartbeatMs = 10_000, drainMs = 500 } = options;
  const limits = { ...VIEWER_LIMITS, ...options.viewerLimits };
  const hub = new Hub(log, options);
  const ingest = new Ingest(log, project, options);
  const watchers = new WatchSockets(hub, limits, heartbeatMs);
  let stopping = false;

  const app = makeApp();
  await app.register(cors, {
    delegator: (request, callback) => {
      callback(null, { origin: allowsOrigin(request.raw, allowOrigins) });
    },
  });
  registerHealth(app, log, () => stopping);
  registerIngest(app, ingest);
  registerBlobs(app, log, project);
  registerSse(app, hub, project, limits, heartbeatMs);
  const stopUpgrades = routeUpgrades(
    app.server,
    [
      {
        path: WATCH_PATH,
        maxPayloadBytes: WATCH_MAX_PAYLOAD_BYTES,
        accept: (socket) => watchers.accept(socket, project),
      },
      {
        path: INGEST_SOCKET_PATH,
        maxPayloadBytes: INGEST_MAX_PAYLOAD_BYTES,
        accept: (socket) => acceptPublisher(socket, ingest, log, project),
      },
    ],
    (request) => allowsOrigin(request, allowOrigins),
  );

  await app.listen({ host, port });
  const address = app.server.address() as AddressInfo;
  const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    host: address.address,
    port: address.port,
    url: `http://${shown}:${address.port}`,
    async close() {
      if (stopping) return;
      stopping = true;
      stopUpgrades();
      await watchers.drain(drainMs);
      await app.close();
      hub.close();
    },
  };
}

function makeApp(): FastifyInstance {
  const app = fastify({
    bodyLimit: LIMITS.ingestBytes,
    // Long-lived SSE responses must not hold up a stop.
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
  });
  app.addContentTypeParser(
    ['application/msgpack', 'application/x-msgpack', 'application/octet-stream'],
    { parseAs: 'buffer' },
    (_request, body, done) => {
      done(null, body);
    },
  );
  app.setErrorHandler((error, _request, reply) => sendProblem(reply, error));
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      reply,
      new SpantailError(
        'NOT_FOUND',
        `there is nothing at ${request.method} ${request.url.slice(0, 200)}`,
      ),
    ),
  );
  return app;
}
