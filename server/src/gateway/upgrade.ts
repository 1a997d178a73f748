import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { ERRORS, LIMITS, SUBPROTOCOL } from '@spantail/protocol';
import { WebSocketServer, type WebSocket } from 'ws';

export interface UpgradeRoute {
  path: string;
  /** Largest message the socket takes; `ws` closes with 1009 above it. */
  maxPayloadBytes: number;
  accept(socket: WebSocket): void;
}

export const WATCH_PATH = '/api/v1/watch';
export const INGEST_SOCKET_PATH = '/api/v1/ingest/socket';

/**
 * Hands upgrade requests to the route of their path. One `WebSocketServer` a route, because viewers
 * may send a few KiB and publishers megabytes, and `ws` has one limit a server.
 *
 * Returns a function that takes no more sockets and cuts those that are left.
 */
export function routeUpgrades(
  server: Server,
  routes: UpgradeRoute[],
  allowsOrigin: (request: IncomingMessage) => boolean,
): () => void {
  const servers = new Map(routes.map((route) => [route.path, makeServer(route)]));

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const path = new URL(request.url ?? '/', 'http://gateway').pathname;
    const target = servers.get(path);
    socket.on('error', () => socket.destroy());
    if (target === undefined) return refuse(socket, 404, 'no WebSocket lives at this path');
    if (!allowsOrigin(request)) return refuse(socket, 403, 'this origin may not connect');
    target.handleUpgrade(request, socket, head, (webSocket) => {
      target.emit('connection', webSocket, request);
    });
  };
  server.on('upgrade', onUpgrade);

  return () => {
    server.off('upgrade', onUpgrade);
    for (const target of servers.values()) target.close();
  };
}

function makeServer(route: UpgradeRoute): WebSocketServer {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: route.maxPayloadBytes,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
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

function refuse(socket: Duplex, status: 403 | 404, detail: string): void {
  const reason = status === 404 ? 'Not Found' : 'Forbidden';
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\ncontent-type: text/plain\r\nconnection: close\r\n` +
      `content-length: ${detail.length}\r\n\r\n${detail}`,
  );
}

export const WATCH_MAX_PAYLOAD_BYTES = LIMITS.viewerFrameBytes;
export const INGEST_MAX_PAYLOAD_BYTES = LIMITS.ingestBytes;
