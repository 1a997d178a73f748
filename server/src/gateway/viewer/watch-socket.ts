import {
  ERRORS,
  SUBPROTOCOL,
  SpantailError,
  encodeServerMessage,
  parseClientMessage,
  subscribedStream,
} from '@spantail/protocol';
import type { WebSocket } from 'ws';
import type { Hub } from '../hub/hub.ts';
import { Liveness } from '../liveness.ts';
import { OpenSockets } from '../open-sockets.ts';
import { Viewer, type ViewerLimits } from './viewer.ts';
import { WebSocketTransport } from './websocket-transport.ts';

const HEARTBEAT = encodeServerMessage({ type: 'heartbeat' });

/** All viewers on WebSockets, with their heartbeat and their eviction when they stop reading. */
export class WatchSockets {
  readonly #hub: Hub;
  readonly #limits: ViewerLimits;
  readonly #heartbeatMs: number;
  readonly #sockets = new OpenSockets<Viewer>();
  readonly #liveness: Liveness;
  readonly #check: NodeJS.Timeout;

  constructor(hub: Hub, limits: ViewerLimits, heartbeatMs: number) {
    this.#hub = hub;
    this.#limits = limits;
    this.#heartbeatMs = heartbeatMs;
    this.#liveness = new Liveness({
      everyMs: heartbeatMs,
      onRound: (socket) => this.#sockets.get(socket)?.sendEncoded(HEARTBEAT),
      // A slow viewer's ping waits behind what it has not taken: its progress is watched instead.
      excused: (socket) => socket.bufferedAmount > 0,
    });
    this.#check = setInterval(() => this.#checkProgress(), Math.min(1_000, limits.stuckMs / 2));
    this.#check.unref();
  }

  accept(socket: WebSocket, project: string): void {
    const viewer = new Viewer(this.#hub, project, new WebSocketTransport(socket), this.#limits);
    this.#sockets.add(socket, viewer);
    this.#liveness.watch(socket);
    socket.on('error', () => socket.terminate());
    socket.on('close', () => viewer.dispose());
    socket.on('message', (data, isBinary) => {
      receive(viewer, data as Buffer, isBinary);
      if (!viewer.writable) pauseUntilWritable(socket, viewer);
    });
    viewer.send({ type: 'hello', protocol: SUBPROTOCOL, heartbeatMs: this.#heartbeatMs });
  }

  get count(): number {
    return this.#sockets.size;
  }

  /** Asks every viewer to connect elsewhere, then closes what is still there. */
  async drain(graceMs: number): Promise<void> {
    this.#liveness.stop();
    for (const viewer of this.#sockets.owners())
      viewer.send({ type: 'goaway', reason: 'the gateway is stopping', graceMs });
    await this.#sockets.empty(graceMs);
    clearInterval(this.#check);
    const { close, title } = ERRORS.GOING_AWAY;
    for (const viewer of this.#sockets.owners()) viewer.dispose();
    await this.#sockets.close(close, title);
  }

  #checkProgress(): void {
    const nowMs = Date.now();
    for (const viewer of this.#sockets.owners()) viewer.checkProgress(nowMs);
  }
}

/** Every message has an answer: who does not take the answers may not ask on. */
function pauseUntilWritable(socket: WebSocket, viewer: Viewer): void {
  if (socket.isPaused) return;
  socket.pause();
  void viewer.whenWritable().then(() => socket.resume());
}

function receive(viewer: Viewer, data: Buffer, isBinary: boolean): void {
  if (isBinary) {
    const what = 'viewers send JSON in text frames, not binary frames';
    viewer.fail(new SpantailError('BAD_MESSAGE', what));
    return;
  }
  const text = data.toString('utf8');
  try {
    viewer.handle(parseClientMessage(text));
  } catch (error) {
    // Named, so that who asked for a stream learns that nothing will come.
    viewer.fail(error, subscribedStream(text));
  }
}
