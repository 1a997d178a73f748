import {
  LIMITS,
  RUNS_STREAM,
  SpantailError,
  decodeRunSummary,
  isTraceId,
  type Cursor,
  type Payload,
  type RunSummary,
  type RunsFilter,
  type StreamId,
  type TraceId,
} from '@spantail/protocol';
import { BlobStore } from './blobs/blob-store.ts';
import { gatewayUrls } from './gateway-urls.ts';
import { Connection, type WebSocketConstructor } from './connection/connection.ts';
import type { ConnectionState } from './connection/connection-state.ts';
import { Emitter } from './emitter.ts';
import { toItem, type StreamItem } from './event-item.ts';
import { readItems, type Subscribe } from './read-items.ts';
import { Subscription } from './subscription/subscription.ts';
import { WatchedRun } from './watched-run.ts';

export interface ClientOptions {
  /** The gateway: `ws://host:port`, `wss:`, `http:` or `https:`; a path in front of `/api` is kept. */
  url: string;
  /** `inline`: the gateway pushes referenced content ahead of events. Default `reference`. */
  payloads?: 'inline' | 'reference';
  /** Events that wait for a slow consumer before its subscription pauses. Default 10,000. */
  maxQueueEvents?: number;
  /** Bytes that wait likewise. Default 16 MiB. */
  maxQueueBytes?: number;
  /** Bytes of referenced content kept. Default 32 MiB. */
  maxBlobBytes?: number;
  /** Default `globalThis.WebSocket`; in Node 20 pass that of `ws`. */
  webSocket?: WebSocketConstructor;
  fetch?: typeof globalThis.fetch;
  /** Uniform in [0, 1), for back-off. Default `Math.random`. */
  random?: () => number;
}

export interface EventsOptions {
  /** Resume behind this cursor. */
  after?: Cursor;
  signal?: AbortSignal;
  /** Go on after the run's end. */
  follow?: boolean;
}

export interface RunsOptions {
  after?: Cursor;
  signal?: AbortSignal;
  filter?: RunsFilter;
  /** `false`: end when all there is has been delivered. Default `true`. */
  live?: boolean;
}

export interface ClientEvents {
  status: ConnectionState;
}

/** See {@link Client}. @throws SpantailError BAD_MESSAGE when the URL or the platform will not do */
export function createClient(options: ClientOptions): Client {
  return new Client(options);
}

/**
 * Watches runs through a gateway. One socket carries all streams; a second watcher of the same
 * stream has a socket of its own. Sockets connect when there is something to watch, and again,
 * from the cursors, whenever they break.
 */
export class Client {
  readonly #options: ClientOptions;
  readonly #socketUrl: string;
  readonly #webSocket: WebSocketConstructor;
  readonly #blobs: BlobStore;
  readonly #emitter = new Emitter<ClientEvents>();
  readonly #connections = new Set<Connection>();
  readonly #closing = new AbortController();

  constructor(options: ClientOptions) {
    this.#options = options;
    const { socketUrl, httpUrl } = gatewayUrls(options.url);
    this.#socketUrl = socketUrl;
    this.#webSocket = options.webSocket ?? platformWebSocket();
    this.#blobs = new BlobStore({
      baseUrl: httpUrl,
      fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
      maxBytes: options.maxBlobBytes ?? 32 * 1024 * 1024,
      random: options.random ?? Math.random,
    });
  }

  /**
   * Every event of a trace, exactly once, in order, each with its cursor; notices stand in their
   * place among them. Ends with the run, unless `follow`.
   *
   * @throws SpantailError TRACE_ID_INVALID, CURSOR_INVALID, CURSOR_OTHER_TRACE, and when the gateway
   *   refuses the connection for good
   */
  async *events(
    traceId: TraceId,
    options: EventsOptions = {},
  ): AsyncGenerator<StreamItem, void, undefined> {
    requireTraceId(traceId);
    const { after, follow = false } = options;
    for await (const item of this.#read(this.#subscribe(traceId, after), options.signal)) {
      if (item.kind === 'event') yield toItem(item.bytes, item.cursor);
      else if (item.notice.type === 'gap' || item.notice.type === 'reset') yield item.notice;
      else if (item.notice.type === 'end') {
        if (!follow) return;
        yield item.notice;
      }
    }
  }

  /** A run's tree, kept current. @throws SpantailError TRACE_ID_INVALID */
  watch(traceId: TraceId, options: { after?: Cursor } = {}): WatchedRun {
    requireTraceId(traceId);
    return new WatchedRun(
      traceId,
      this.#subscribe(traceId, options.after),
      (payload) => this.#blobs.load(traceId, payload),
      (blobs) => blobs.forEach((blob) => this.#blobs.keep(blob)),
      options.after,
    );
  }

  /** Runs as they start, change their name and end; first those the feed still knows. */
  async *runs(
    options: RunsOptions = {},
  ): AsyncGenerator<RunSummary & { cursor: Cursor }, void, undefined> {
    const { after, filter, live = true, signal } = options;
    const subscribe = this.#subscribe(RUNS_STREAM, after, filter);
    for await (const item of this.#read(subscribe, signal)) {
      if (item.kind === 'event') {
        const summary = decodeRunSummary(item.bytes);
        yield { ...summary, cursor: item.cursor };
      } else if (item.notice.type === 'live' && !live) return;
    }
  }

  /** A payload's whole value. @throws SpantailError NOT_FOUND, LOG_UNAVAILABLE, EVENT_INVALID */
  load(traceId: TraceId, payload: Payload): Promise<unknown> {
    return this.#blobs.load(traceId, payload);
  }

  /** Returns a function that takes the listener off again. */
  on<Name extends keyof ClientEvents>(
    name: Name,
    listener: (value: ClientEvents[Name]) => void,
  ): () => void {
    return this.#emitter.on(name, listener);
  }

  /** Ends every iteration and closes every socket. */
  close(): void {
    this.#closing.abort();
    for (const connection of this.#connections) connection.close();
    this.#connections.clear();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  #read(subscribe: Subscribe, signal: AbortSignal | undefined) {
    const { maxQueueEvents = 10_000, maxQueueBytes = 16 * 1024 * 1024 } = this.#options;
    const closing = this.#closing.signal;
    return readItems(subscribe, {
      signal: signal === undefined ? closing : AbortSignal.any([signal, closing]),
      limits: { maxEvents: maxQueueEvents, maxBytes: maxQueueBytes },
      onBlobs: (blobs) => blobs.forEach((blob) => this.#blobs.keep(blob)),
    });
  }

  #subscribe(streamId: StreamId, after?: Cursor, filter?: RunsFilter): Subscribe {
    const { payloads } = this.#options;
    const request = {
      streamId,
      ...(payloads === undefined ? {} : { payloads }),
      ...(filter === undefined ? {} : { filter }),
    };
    return (sink) => new Subscription(this.#connectionFor(streamId), request, after, sink);
  }

  #connectionFor(streamId: StreamId): Connection {
    for (const connection of this.#connections) {
      const { kind } = connection.state;
      if (kind === 'closed' || kind === 'failed') this.#connections.delete(connection);
      else if (!connection.has(streamId) && connection.streamCount < LIMITS.subscriptions)
        return connection;
    }
    const connection = new Connection({
      url: this.#socketUrl,
      webSocket: this.#webSocket,
      random: this.#options.random ?? Math.random,
      onState: (state) => this.#emitter.emit('status', state),
    });
    this.#connections.add(connection);
    return connection;
  }
}

function requireTraceId(traceId: unknown): void {
  if (!isTraceId(traceId))
    throw new SpantailError(
      'TRACE_ID_INVALID',
      `a trace id is 32 lower-case hex digits, not "${String(traceId).slice(0, 80)}"`,
    );
}

function platformWebSocket(): WebSocketConstructor {
  const { WebSocket } = globalThis as { WebSocket?: WebSocketConstructor };
  if (WebSocket !== undefined) return WebSocket;
  throw new SpantailError(
    'BAD_MESSAGE',
    'this platform has no WebSocket: pass the constructor of the package "ws" as webSocket, or use Node 22 or newer',
  );
}
