import {
  SUBPROTOCOL,
  SpantailError,
  decodeServerMessage,
  encodeClientMessage,
  type ClientMessage,
  type ServerMessage,
  type StreamId,
} from '@spantail/protocol';
import {
  connectionStep,
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
} from './connection-state.ts';

/** The part of the WebSocket interface that is used: browsers, Node ≥ 22 and `ws` have it. */
export interface WebSocketLike {
  binaryType: string;
  readonly readyState: number;
  send(data: string): void;
  close(code?: number, reason?: string): void;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
}

export type WebSocketConstructor = new (url: string, protocol: string) => WebSocketLike;

/** What one subscription hears of its connection. */
export interface StreamHandler {
  onConnected(): void;
  onDisconnected(): void;
  onMessage(message: ServerMessage): void;
  /** The connection will not come back. */
  onFailed(error: SpantailError): void;
}

export interface ConnectionOptions {
  url: string;
  webSocket: WebSocketConstructor;
  random: () => number;
  onState: (state: ConnectionState) => void;
}

/** Before the server has said how often it beats. */
const FIRST_HEARTBEAT_MS = 15_000;

/** Drives {@link connectionStep}: owns the socket, the timers and the routing by stream. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #handlers = new Map<StreamId, StreamHandler>();
  #state: ConnectionState = { kind: 'idle' };
  #socket: WebSocketLike | undefined;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #watchTimer: ReturnType<typeof setInterval> | undefined;
  #heardAtMs = 0;
  #heartbeatMs = FIRST_HEARTBEAT_MS;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get streamCount(): number {
    return this.#handlers.size;
  }

  has(streamId: StreamId): boolean {
    return this.#handlers.has(streamId);
  }

  attach(streamId: StreamId, handler: StreamHandler): void {
    this.#handlers.set(streamId, handler);
    if (this.#state.kind === 'open') handler.onConnected();
    else if (this.#state.kind === 'failed') handler.onFailed(failure(this.#state));
    else this.#step({ type: 'want' });
  }

  detach(streamId: StreamId, handler: StreamHandler): void {
    if (this.#handlers.get(streamId) !== handler) return;
    this.#handlers.delete(streamId);
    if (this.#handlers.size === 0) this.#step({ type: 'unwanted' });
  }

  send(message: ClientMessage): void {
    if (this.#state.kind === 'open') this.#socket?.send(encodeClientMessage(message));
  }

  close(): void {
    this.#step({ type: 'close' });
    this.#handlers.clear();
  }

  #step(event: ConnectionEvent): void {
    const before = this.#state;
    const { state, effects } = connectionStep(before, event);
    this.#state = state;
    for (const effect of effects) this.#run(effect);
    if (state === before) return;
    this.#options.onState(state);
    const handlers = [...this.#handlers.values()];
    if (state.kind === 'open') for (const handler of handlers) handler.onConnected();
    else if (before.kind === 'open') for (const handler of handlers) handler.onDisconnected();
    if (state.kind === 'failed') for (const handler of handlers) handler.onFailed(failure(state));
  }

  #run(effect: ConnectionEffect): void {
    switch (effect.type) {
      case 'open-socket':
        this.#open();
        return;
      case 'drop-socket':
        this.#drop();
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
    const socket = new Socket(url, SUBPROTOCOL);
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    this.#heardAtMs = Date.now();
    this.#heartbeatMs = FIRST_HEARTBEAT_MS;
    // Also bounds how long connecting may take.
    this.#watchTimer = setInterval(() => this.#listenForSilence(), 1_000);
    socket.onopen = () => this.#step({ type: 'opened', nowMs: Date.now() });
    socket.onmessage = (event: { data: unknown }) => this.#receive(event.data);
    socket.onclose = (event: { code?: number; reason?: string }) =>
      this.#step({
        type: 'socket-closed',
        closeCode: event.code ?? 1006,
        reason: event.reason ?? '',
        nowMs: Date.now(),
        random: this.#options.random(),
      });
    // What failed is said by the close that follows.
    socket.onerror = () => {};
  }

  #drop(): void {
    clearInterval(this.#watchTimer);
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket === undefined) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    // A socket that is let go while connecting reports an error; in Node nobody else would hear it.
    socket.onerror = () => {};
    try {
      socket.close(1000);
    } catch {
      // Some implementations refuse to close a socket that is not open yet; it closes by itself.
    }
  }

  #listenForSilence(): void {
    if (Date.now() - this.#heardAtMs < this.#heartbeatMs * 1.6 + 1_000) return;
    this.#step({ type: 'silence', nowMs: Date.now(), random: this.#options.random() });
  }

  #receive(data: unknown): void {
    this.#heardAtMs = Date.now();
    if (!(data instanceof ArrayBuffer)) return;
    let message: ServerMessage;
    try {
      message = decodeServerMessage(new Uint8Array(data));
    } catch (error) {
      // Half a conversation cannot be trusted: start it again from the cursors.
      this.#step({
        type: 'socket-closed',
        closeCode: 1002,
        reason: error instanceof Error ? error.message : 'a message that is no message',
        nowMs: Date.now(),
        random: this.#options.random(),
      });
      return;
    }
    if (message.type === 'hello') this.#heartbeatMs = message.heartbeatMs;
    else if (message.type === 'goaway')
      this.#step({ type: 'goaway', graceMs: message.graceMs, random: this.#options.random() });
    else if ('streamId' in message && message.streamId !== undefined)
      this.#handlers.get(message.streamId)?.onMessage(message);
  }
}

function failure(state: Extract<ConnectionState, { kind: 'failed' }>): SpantailError {
  return new SpantailError(
    state.closeCode === 4406 ? 'PROTOCOL_UNSUPPORTED' : 'BAD_MESSAGE',
    `the gateway closed the connection with code ${state.closeCode}: ${state.reason}`,
  );
}
