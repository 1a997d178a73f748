import type { AddressInfo } from 'node:net';
import cors from '@fastify/cors';
import { LIMITS, SpantailError } from '@spantail/protocol';
import fastify, { type FastifyInstance } from 'fastify';
import type { Archive } from '../archive/archive.ts';
import { ArchivedLog } from '../archive/archived-log.ts';
import type { IndexerLag } from '../indexer/indexer.ts';
import type { EventLog } from '../log/event-log.ts';
import { isLostVisitor, registerDashboard, sendLostPage } from './dashboard/dashboard-routes.ts';
import { DEFAULT_PORT } from './default-port.ts';
import { MOST_HEADER_BYTES, answerBadRequest } from './http/bad-request.ts';
import { registerBlobs } from './http/blobs.ts';
import { registerEvents } from './http/event-routes.ts';
import { registerHealth } from './http/health.ts';
import { registerOpenApi } from './http/openapi.ts';
import { sendProblem } from './http/problem.ts';
import { Hub, type HubOptions } from './hub/hub.ts';
import { Ingest, type IngestOptions } from './ingest/ingest.ts';
import { registerIngest } from './ingest/ingest-route.ts';
import { JsonIngest } from './ingest/json/json-ingest.ts';
import { registerLeases } from './ingest/lease-route.ts';
import { PublisherSockets } from './ingest/ingest-socket.ts';
import { startOtlpGrpc, type OtlpGrpc } from '../otlp/grpc/otlp-grpc.ts';
import { registerOtlp } from '../otlp/http/otlp-routes.ts';
import { OtlpIngest } from '../otlp/otlp-ingest.ts';
import { registerQuery } from './query/query-routes.ts';
import { refusalOf, type RequestGuardOptions } from './request-guard.ts';
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
  /**
   * The record that queries ask, and where viewers get what the log has let go. Absent: there is
   * none. The gateway leaves it open.
   */
  archive?: Archive;
  /** How far the record is behind, where its indexer is in this process: part of `/ready`. */
  lag?: () => IndexerLag;
  /** Default `127.0.0.1`. */
  host?: string;
  /** Default 7321; 0 takes a free one. */
  port?: number;
  /** Default `default`. */
  project?: string;
  /** Origins of web pages that may connect, besides loopback and the gateway's own. */
  allowOrigins?: readonly string[];
  /** Host names it may be called by when it listens on loopback, besides loopback's. */
  allowHosts?: readonly string[];
  /** The server sends something at least this often. Default 10,000. */
  heartbeatMs?: number;
  viewerLimits?: Partial<ViewerLimits>;
  /** OTLP over gRPC is taken at this port, too; 0 takes a free one. Absent: it is not. */
  otlpGrpcPort?: number;
  /** See {@link OtlpIngestOptions.leaseMs}. */
  otlpLeaseMs?: number;
  /** A request that has not arrived in whole after this is answered with 408. Default 120,000. */
  requestTimeoutMs?: number;
  /** Folder of the built dashboard. Default: that of this package. */
  dashboard?: string;
  /** How long viewers have to go elsewhere when the gateway stops. Default 500. */
  drainMs?: number;
}

export interface Gateway {
  host: string;
  port: number;
  /** `http://host:port` */
  url: string;
  /** Where OTLP over gRPC is taken. */
  otlpGrpcPort?: number;
  /** Viewers connected by WebSocket now. */
  readonly viewers: number;
  /** Streams that are watched now. */
  readonly channels: number;
  /** Says goaway, answers what is in flight, closes sockets. Leaves the log open. */
  close(): Promise<void>;
}

/** What is in flight when the gateway stops has this long; whoever is not done then is cut. */
const FINISH_MS = 3_000;

/** Starts a gateway on an open log. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { archive, lag, host = '127.0.0.1', port = DEFAULT_PORT, project = 'default' } = options;
  const log = archive === undefined ? options.log : new ArchivedLog(options.log, archive);
  const { heartbeatMs = 10_000, requestTimeoutMs = 120_000, drainMs = 500 } = options;
  const limits = { ...VIEWER_LIMITS, ...options.viewerLimits };
  const hub = new Hub(log, options);
  const ingest = new Ingest(log, project, options);
  const { otlpLeaseMs, otlpGrpcPort } = options;
  const otlp = new OtlpIngest({
    log,
    project,
    ...(otlpLeaseMs === undefined ? {} : { leaseMs: otlpLeaseMs }),
  });
  const watchers = new WatchSockets(hub, limits, heartbeatMs);
  const publishers = new PublisherSockets(ingest, log, heartbeatMs);
  let stopping: Promise<void> | undefined;
  let grpc: OtlpGrpc | undefined;

  const app = makeApp(requestTimeoutMs, options.dashboard);
  const guard: RequestGuardOptions = {
    allowOrigins: options.allowOrigins ?? [],
    allowHosts: options.allowHosts ?? [],
    onLoopback: () => isLoopbackAddress((app.server.address() as AddressInfo).address),
  };
  app.addHook('onRequest', (request, reply, done) => {
    const refusal = refusalOf(request.raw, guard);
    if (refusal === undefined) done();
    else sendProblem(reply, new SpantailError('FORBIDDEN', refusal));
  });
  // Whoever comes here has passed the guard.
  await app.register(cors, { origin: true });
  await registerOpenApi(app);
  await registerDashboard(app, options.dashboard);
  registerHealth(app, log, () => stopping !== undefined, lag);
  registerIngest(app, ingest, new JsonIngest(ingest, log, project));
  registerLeases(app, ingest);
  registerOtlp(app, otlp, ingest);
  registerBlobs(app, log, project);
  registerQuery(app, { archive, log, project });
  const endEvents = registerEvents(app, { hub, project, limits, heartbeatMs });
  const upgrades = routeUpgrades(
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
        accept: (socket) => publishers.accept(socket, project),
      },
    ],
    (request) => refusalOf(request, guard),
  );

  const stop = async (): Promise<void> => {
    upgrades.refuse();
    await Promise.all([watchers.drain(drainMs), publishers.drain(FINISH_MS), grpc?.close()]);
    endEvents();
    const late = setTimeout(() => {
      upgrades.cut();
      app.server.closeAllConnections();
    }, FINISH_MS);
    await app.close();
    clearTimeout(late);
    hub.close();
  };

  await app.listen({ host, port });
  const address = app.server.address() as AddressInfo;
  if (otlpGrpcPort !== undefined)
    try {
      grpc = await startOtlpGrpc({ otlp, ingest, host: address.address, port: otlpGrpcPort });
    } catch (error) {
      await stop();
      throw error;
    }
  const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    host: address.address,
    port: address.port,
    url: `http://${shown}:${address.port}`,
    ...(grpc === undefined ? {} : { otlpGrpcPort: grpc.port }),
    get viewers() {
      return watchers.count;
    },
    get channels() {
      return hub.channelCount;
    },
    close() {
      stopping ??= stop();
      return stopping;
    },
  };
}

export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

function makeApp(requestTimeoutMs: number, dashboard: string | undefined): FastifyInstance {
  const app = fastify({
    bodyLimit: LIMITS.ingestBytes,
    requestTimeout: requestTimeoutMs,
    http: {
      maxHeaderSize: MOST_HEADER_BYTES,
      connectionsCheckingInterval: Math.min(30_000, requestTimeoutMs),
      headersTimeout: Math.min(60_000, requestTimeoutMs),
    },
    // What is in flight when it stops is answered; connections that wait are closed.
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200 },
    clientErrorHandler: answerBadRequest,
  });
  // Routes that take JSON say so; nowhere else is any parsed.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    ['application/msgpack', 'application/x-msgpack', 'application/octet-stream'],
    { parseAs: 'buffer' },
    (_request, body, done) => {
      done(null, body);
    },
  );
  app.setErrorHandler((error, _request, reply) => sendProblem(reply, error));
  app.setNotFoundHandler((request, reply) => {
    if (isLostVisitor(request)) return sendLostPage(reply, dashboard);
    const what = `there is nothing at ${request.method} ${request.url.slice(0, 200)}`;
    return sendProblem(reply, new SpantailError('NOT_FOUND', what));
  });
  return app;
}
