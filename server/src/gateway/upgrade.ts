import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { ERRORS, LIMITS, SUBPROTOCOL, SpantailError } from '@spantail/protocol';
import { WebSocketServer, type WebSocket } from 'ws';
import { toProblem } from './http/problem.ts';

export interface UpgradeRoute {
  path: string;
  /** Largest message the socket takes; `ws` closes with 1009 above it. */
  maxPayloadBytes: number;
  accept(socket: WebSocket): void;
}

export interface Upgrades {
  /** From now on every request for a socket is answered with 503. */
  refuse(): void;
  /** Cuts all that is still there. */
  cut(): void;
}

export const WATCH_PATH = '/api/v1/watch';
export const INGEST_SOCKET_PATH = '/api/v1/ingest/socket';

/**
 * Hands upgrade requests to the route of their path. One `WebSocketServer` a route, because viewers
 * may send a few KiB and publishers megabytes, and `ws` has one limit a server.
 */
export function routeUpgrades(
  server: Server,
  routes: UpgradeRoute[],
  refusalOf: (request: IncomingMessage) => string | undefined,
): Upgrades {
  const servers = new Map(routes.map((route) => [route.path, makeServer(route)]));
  // Node forgets a connection once it is no longer HTTP, but still waits for it when it stops.
  const connections = new Set<Duplex>();
  let refusing = false;

  server.on('upgrade', (request: IncomingMessage, connection: Duplex, head: Buffer): void => {
    connections.add(connection);
    connection.on('close', () => connections.delete(connection));
    connection.on('error', () => connection.destroy());
    if (refusing)
      return refuse(connection, new SpantailError('GOING_AWAY', 'this gateway is stopping'));
    const refusal = refusalOf(request);
    if (refusal !== undefined) return refuse(connection, new SpantailError('FORBIDDEN', refusal));
    const [path = ''] = (request.url ?? '').split('?', 1);
    const target = servers.get(path);
    if (target === undefined) {
      const what = `there is no socket at ${path.slice(0, 200)}`;
      return refuse(connection, new SpantailError('NOT_FOUND', what));
    }
    target.handleUpgrade(request, connection, head, (webSocket) => {
      target.emit('connection', webSocket, request);
    });
  });

  return {
    refuse() {
      refusing = true;
    },
    cut() {
      for (const connection of connections) connection.destroy();
    },
  };
}

function makeServer(route: UpgradeRoute): WebSocketServer {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: route.maxPayloadBytes,
    // Clients fail a handshake that chooses none of what they offered, and then never see the close
    // code: so a stranger gets what it offered, and the code behind it.
    handleProtocols: (offered) =>
      offered.has(SUBPROTOCOL) ? SUBPROTOCOL : (offered.values().next().value ?? false),
  });
  server.on('connection', (socket) => {
    // Accepted first: a browser cannot read the status of a refused upgrade, but it can a close code.
    if (socket.protocol === SUBPROTOCOL) return route.accept(socket);
    const { close, title } = ERRORS.PROTOCOL_UNSUPPORTED;
    socket.on('error', () => socket.terminate());
    socket.close(close, title);
  });
  return server;
}

function refuse(connection: Duplex, error: SpantailError): void {
  const problem = toProblem(error);
  const body = JSON.stringify(problem);
  // Not left half open: a peer that never closes its end would keep it for ever.
  connection.once('finish', () => connection.destroy());
  connection.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n` +
      'content-type: application/problem+json\r\nconnection: close\r\n' +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

export const WATCH_MAX_PAYLOAD_BYTES = LIMITS.viewerFrameBytes;
export const INGEST_MAX_PAYLOAD_BYTES = LIMITS.ingestBytes;
