import {
  LIMITS,
  SUBPROTOCOL,
  SpantailError,
  encodeServerMessage,
  parseClientMessage,
  subscribedStream,
} from '@spantail/protocol';
import type { WebSocket } from 'ws';
import type { Hub } from '../hub/hub.ts';
import { Viewer, type ViewerLimits } from './viewer.ts';
import { WebSocketTransport } from './websocket-transport.ts';

const HEARTBEAT = encodeServerMessage({ type: 'heartbeat' });

/** All viewers on WebSockets, with their heartbeat and their eviction when they stop reading. */
export class WatchSockets {
  readonly #hub: Hub;
  readonly #limits: ViewerLimits;
  readonly #heartbeatMs: number;
  readonly #viewers = new Map<WebSocket, { viewer: Viewer; answered: boolean }>();
  readonly #beat: NodeJS.Timeout;
  readonly #check: NodeJS.Timeout;

  constructor(hub: Hub, limits: ViewerLimits, heartbeatMs: number) {
    this.#hub = hub;
    this.#limits = limits;
    this.#heartbeatMs = heartbeatMs;
    this.#beat = setInterval(() => this.#sendHeartbeats(), heartbeatMs);
    this.#beat.unref();
    this.#check = setInterval(() => this.#checkProgress(), Math.min(1_000, limits.stuckMs / 2));
    this.#check.unref();
  }

  accept(socket: WebSocket, project: string): void {
    const transport = new WebSocketTransport(socket);
    const viewer = new Viewer(this.#hub, project, transport, this.#limits);
    const record = { viewer, answered: true };
    this.#viewers.set(socket, record);
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      this.#viewers.delete(socket);
      viewer.dispose();
    });
    socket.on('pong', () => {
      record.answered = true;
    });
    socket.on('message', (data, isBinary) => {
      record.answered = true;
      receive(viewer, data as Buffer, isBinary);
    });
    viewer.send({ type: 'hello', protocol: SUBPROTOCOL, heartbeatMs: this.#heartbeatMs });
  }

  get count(): number {
    return this.#viewers.size;
  }

  /** Asks every viewer to connect elsewhere, then closes what is still there. */
  async drain(graceMs: number): Promise<void> {
    clearInterval(this.#beat);
    for (const { viewer } of this.#viewers.values())
      viewer.send({ type: 'goaway', reason: 'the gateway is stopping', graceMs });
    const deadline = Date.now() + graceMs;
    while (this.#viewers.size > 0 && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 20));
    for (const { viewer } of this.#viewers.values()) viewer.closeWith('GOING_AWAY');
    clearInterval(this.#check);
    for (const socket of this.#viewers.keys()) setTimeout(() => socket.terminate(), 200);
  }

  #sendHeartbeats(): void {
    for (const [socket, record] of this.#viewers) {
      // Two rounds without a pong: the peer is gone, whatever TCP believes.
      if (!record.answered) {
        socket.terminate();
        continue;
      }
      record.answered = false;
      socket.ping();
      record.viewer.sendEncoded(HEARTBEAT);
    }
  }

  #checkProgress(): void {
    const nowMs = Date.now();
    for (const { viewer } of this.#viewers.values()) viewer.checkProgress(nowMs);
  }
}

function receive(viewer: Viewer, data: Buffer, isBinary: boolean): void {
  try {
    if (isBinary)
      throw new SpantailError('BAD_MESSAGE', 'viewers send JSON in text frames, not binary frames');
    if (data.byteLength > LIMITS.viewerFrameBytes)
      throw new SpantailError(
        'TOO_LARGE',
        `a message has at most ${LIMITS.viewerFrameBytes} bytes`,
      );
    viewer.handle(parseClientMessage(data.toString('utf8')));
  } catch (error) {
    // Named, so that who asked for a stream learns that nothing will come.
    const parsable = !isBinary && data.byteLength <= LIMITS.viewerFrameBytes;
    viewer.fail(error, parsable ? subscribedStream(data.toString('utf8')) : undefined);
  }
}
