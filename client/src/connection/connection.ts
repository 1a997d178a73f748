import {
  SUBPROTOCOL,
  SpantailError,
  decodeServerMessage,
  encodeClientMessage,
  type ClientMessage,
  type ServerMessage,
  type StreamId,
} from '@spantail/protocol';
import { inTurn } from '../in-turn.ts';
import {
  connectionStep,
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
} from './connection-state.ts';
import { Routes, type StreamHandler } from './routes.ts';
import {
  abandonSocket,
  binaryOf,
  type WebSocketConstructor,
  type WebSocketLike,
} from './web-socket.ts';

export interface ConnectionOptions {
  url: string;
  webSocket: WebSocketConstructor;
  random: () => number;
  onState: (state: ConnectionState) => void;
  /** The gateway complains of something that is no subscription's. */
  onComplaint: (error: SpantailError) => void;
}

/** Before the server has said how often it beats. */
const FIRST_HEARTBEAT_MS = 15_000;

/** Drives {@link connectionStep}: owns the socket, the timers and the routing by stream. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #routes = new Routes();
  readonly #step = inTurn((event: ConnectionEvent) => this.#take(event));
  #state: ConnectionState = { kind: 'idle' };
  #socket: WebSocketLike | undefined;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #watchTimer: ReturnType<typeof setInterval> | undefined;
  #heardAtMs = 0;
  #heartbeatMs = FIRST_HEARTBEAT_MS;
  /** What the socket said went wrong, for the close that follows. */
  #socketError = '';

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get streamCount(): number {
    return this.#routes.size;
  }

  has(streamId: StreamId): boolean {
    return this.#routes.has(streamId);
  }

  attach(streamId: StreamId, handler: StreamHandler): void {
    const isReady = this.#routes.add(streamId, handler);
    if (this.#state.kind === 'failed') handler.onFailed(failure(this.#state));
    else if (this.#state.kind !== 'open') this.#step({ type: 'want' });
    else if (isReady) handler.onConnected();
  }

  detach(streamId: StreamId, handler: StreamHandler): void {
    if (!this.#routes.remove(streamId, handler)) return;
    if (this.#routes.size === 0) this.#step({ type: 'unwanted' });
  }

  send(message: ClientMessage): void {
    if (this.#state.kind !== 'open') return;
    if (message.type === 'unsubscribe') this.#routes.leave(message.streamId);
    this.#socket?.send(encodeClientMessage(message));
  }

  close(): void {
    this.#routes.clear();
    this.#step({ type: 'close' });
  }

  #take(event: ConnectionEvent): void {
    const before = this.#state;
    const { state, effects } = connectionStep(before, event);
    this.#state = state;
    for (const effect of effects) this.#run(effect);
    if (state === before) return;
    // Those that come while the state is announced are told by `attach`.
    const handlers = this.#routes.all();
    this.#options.onState(state);
    if (state.kind === 'open') this.#routes.tell(handlers, (handler) => handler.onConnected());
    else if (before.kind === 'open')
      this.#routes.tell(handlers, (handler) => handler.onDisconnected());
    if (state.kind === 'failed') {
      const error = failure(state);
      this.#routes.tell(handlers, (handler) => handler.onFailed(error));
    }
  }

  #run(effect: ConnectionEffect): void {
    switch (effect.type) {
      case 'open-socket':
        this.#open();
        return;
      case 'drop-socket':
        this.#drop(effect.dead === true);
        return;
      case 'retry-in':
        this.#retryTimer = setTimeout(() => this.#step({ type: 'retry' }), effect.ms);
        return;
      case 'cancel-retry':
        clearTimeout(this.#retryTimer);
    }
  }

  #open(): void {
    const { url, webSocket: Socket } = this.#options;
    let socket: WebSocketLike;
    try {
      socket = new Socket(url, SUBPROTOCOL);
    } catch (error) {
      // Browsers refuse ws: on a page of https: so. Told later, when listeners have been put on.
      queueMicrotask(() => this.#step({ type: 'refused', reason: messageOf(error) }));
      return;
    }
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    this.#heardAtMs = performance.now();
    this.#heartbeatMs = FIRST_HEARTBEAT_MS;
    this.#socketError = '';
    // Also bounds how long connecting may take.
    this.#watchTimer = setInterval(() => this.#listenForSilence(), 1_000);
    socket.onopen = () => this.#step({ type: 'opened', nowMs: performance.now() });
    socket.onmessage = (event: { data: unknown }) => this.#receive(event.data);
    socket.onclose = (event: { code?: number; reason?: string }) =>
      this.#broken(event.code ?? 1006, event.reason || this.#socketError);
    socket.onerror = (event: { message?: unknown }) => {
      if (typeof event.message === 'string') this.#socketError = event.message;
    };
  }

  #drop(dead: boolean): void {
    clearInterval(this.#watchTimer);
    this.#routes.disconnect();
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket !== undefined) abandonSocket(socket, dead);
  }

  #broken(closeCode: number, reason: string): void {
    const random = this.#options.random();
    this.#step({ type: 'socket-closed', closeCode, reason, nowMs: performance.now(), random });
  }

  #listenForSilence(): void {
    const nowMs = performance.now();
    if (nowMs - this.#heardAtMs < this.#heartbeatMs * 1.6 + 1_000) return;
    this.#step({ type: 'silence', nowMs, random: this.#options.random() });
  }

  #receive(data: unknown): void {
    this.#heardAtMs = performance.now();
    const bytes = binaryOf(data);
    if (bytes === undefined) return;
    let message: ServerMessage;
    try {
      message = decodeServerMessage(bytes);
    } catch (error) {
      // Half a conversation cannot be trusted: start it again from the cursors.
      this.#broken(1002, messageOf(error));
      return;
    }
    if (message.type === 'hello') this.#heartbeatMs = message.heartbeatMs;
    else if (message.type === 'goaway') {
      const { graceMs } = message;
      const random = this.#options.random();
      this.#step({ type: 'goaway', graceMs, nowMs: performance.now(), random });
    } else if ('streamId' in message && message.streamId !== undefined)
      this.#routes.deliver(message.streamId, message);
    else if (message.type === 'error')
      this.#options.onComplaint(new SpantailError(message.code, message.message));
  }
}

function failure({ code, reason }: Extract<ConnectionState, { kind: 'failed' }>): SpantailError {
  return new SpantailError(code, `the gateway cannot be watched: ${reason}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
