import {
  LIMITS,
  RUNS_STREAM,
  SpantailError,
  decodeRunSummary,
  isTraceId,
  type Blob,
  type Cursor,
  type Payload,
  type RunSummary,
  type RunsFilter,
  type StreamId,
  type TraceId,
} from '@spantail/protocol';
import { BlobStore } from './blobs/blob-store.ts';
import type { ConnectionState } from './connection/connection-state.ts';
import { Connection } from './connection/connection.ts';
import type { WebSocketConstructor } from './connection/web-socket.ts';
import { Emitter } from './emitter.ts';
import {
  invalidAt,
  toItem,
  type GapNotice,
  type InvalidNotice,
  type ResetNotice,
  type StreamItem,
} from './event-item.ts';
import { gatewayUrls } from './gateway-urls.ts';
import { leavable } from './leavable.ts';
import type { Moment } from './replay/moment.ts';
import { Replay, type ReplayOptions } from './replay/replay.ts';
import { stateAt } from './replay/state-at.ts';
import { QueryClient } from './query/query-client.ts';
import { readItems, type Subscribe } from './read-items.ts';
import type { WatchedTree } from './loadable.ts';
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

export interface WatchOptions {
  /** Only what comes behind this cursor gets into the tree. */
  after?: Cursor;
  /** Closes the run. */
  signal?: AbortSignal;
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
  /**
   * Runs are missing (`gap`), come once more (`reset`; of each run the largest `revision` counts),
   * or one cannot be read.
   */
  onNotice?: (notice: GapNotice | ResetNotice | InvalidNotice) => void;
}

export type RunItem = RunSummary & { cursor: Cursor };

export interface ClientEvents {
  /** One of the sockets connects, waits to connect again, … */
  status: ConnectionState;
  /** The gateway complains of a message of this client that is no subscription's. */
  error: SpantailError;
}

/** See {@link Client}. @throws SpantailError BAD_MESSAGE when the URL or the platform will not do */
export function createClient(options: ClientOptions): Client {
  return new Client(options);
}

/**
 * Watches runs through a gateway. One socket carries all streams; a second watcher of the same
 * stream has a socket of its own. Sockets connect when there is something to watch, and again,
 * from the cursors, whenever they break. Rules [CL] in PROTOCOL.md.
 */
export class Client {
  readonly #options: ClientOptions;
  readonly #socketUrl: string;
  readonly #webSocket: WebSocketConstructor;
  readonly #random: () => number;
  readonly #blobs: BlobStore;
  readonly #emitter = new Emitter<ClientEvents>();
  readonly #connections = new Set<Connection>();
  readonly #closing = new AbortController();
  /** What the gateway has recorded: runs, spans, paths, statistics. */
  readonly query: QueryClient;

  constructor(options: ClientOptions) {
    this.#options = options;
    const { socketUrl, httpUrl } = gatewayUrls(options.url);
    this.#socketUrl = socketUrl;
    this.#webSocket = options.webSocket ?? platformWebSocket();
    this.#random = options.random ?? Math.random;
    const fetch: typeof globalThis.fetch =
      options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.#blobs = new BlobStore({
      baseUrl: httpUrl,
      fetch,
      maxBytes: options.maxBlobBytes ?? 32 * 1024 * 1024,
      random: this.#random,
      signal: this.#closing.signal,
    });
    this.query = new QueryClient({
      baseUrl: httpUrl,
      fetch,
      closing: this.#closing.signal,
      load: (traceId, payload) => this.load(traceId, payload),
    });
  }

  /**
   * Every event of a trace, exactly once, in order, each with its cursor; notices stand in their
   * place among them. Begins when the first one is asked for, ends with the run, unless `follow`.
   *
   * @throws SpantailError TRACE_ID_INVALID, CURSOR_INVALID, CURSOR_OTHER_TRACE, and when the gateway
   *   refuses the connection for good
   */
  events(
    traceId: TraceId,
    options: EventsOptions = {},
  ): AsyncGenerator<StreamItem, void, undefined> {
    requireTraceId(traceId);
    return leavable((leaving) => this.#events(traceId, options, leaving));
  }

  async *#events(
    traceId: TraceId,
    { after, follow = false, signal }: EventsOptions,
    leaving: AbortSignal,
  ): AsyncGenerator<StreamItem, void, undefined> {
    const load = this.#loader(traceId);
    for await (const item of this.#read(this.#subscribe(traceId, after), leaving, signal)) {
      if (item.kind === 'event') yield toItem(item.bytes, item.cursor, load);
      else if (item.notice.type === 'gap' || item.notice.type === 'reset') yield item.notice;
      else if (item.notice.type === 'end') {
        if (!follow) return;
        yield item.notice;
      }
    }
  }

  /** A run's tree, kept current. @throws SpantailError TRACE_ID_INVALID */
  watch(traceId: TraceId, { after, signal }: WatchOptions = {}): WatchedRun {
    requireTraceId(traceId);
    return new WatchedRun({
      traceId,
      after,
      subscribe: this.#subscribe(traceId, after),
      load: this.#loader(traceId),
      onBlobs: this.#keep,
      signals: [this.#closing.signal, ...(signal === undefined ? [] : [signal])],
    });
  }

  /**
   * A run played again with its original timing, each event with the cursor it had live. Works the
   * same on finished runs and on live ones, as far back as they are kept.
   *
   * @throws SpantailError TRACE_ID_INVALID, CURSOR_INVALID for `from`
   */
  replay(traceId: TraceId, options: ReplayOptions = {}): Replay {
    requireTraceId(traceId);
    const read = (leaving: AbortSignal) => this.#read(this.#subscribe(traceId), leaving, undefined);
    return new Replay(read, this.#loader(traceId), options);
  }

  /**
   * The tree exactly as a viewer saw it at a moment, open spans and partial output included; also
   * while the run is still live. A time means the last entry of the log at or before it.
   *
   * @throws SpantailError TRACE_ID_INVALID, CURSOR_INVALID, CURSOR_OTHER_TRACE, NOT_FOUND
   */
  async stateAt(
    traceId: TraceId,
    moment: Moment,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<WatchedTree> {
    requireTraceId(traceId);
    const items = this.#read(this.#subscribe(traceId), this.#closing.signal, signal);
    return stateAt(traceId, moment, items, this.#loader(traceId));
  }

  /** Runs as they start, change their name and end; first those the feed still knows. */
  runs(options: RunsOptions = {}): AsyncGenerator<RunItem, void, undefined> {
    return leavable((leaving) => this.#runs(options, leaving));
  }

  async *#runs(
    { after, filter, live = true, signal, onNotice }: RunsOptions,
    leaving: AbortSignal,
  ): AsyncGenerator<RunItem, void, undefined> {
    const subscribe = this.#subscribe(RUNS_STREAM, after, filter);
    for await (const item of this.#read(subscribe, leaving, signal)) {
      if (item.kind === 'event') {
        const run = readSummary(item.bytes, item.cursor);
        if (!('type' in run)) yield run;
        else onNotice?.(run);
      } else if (item.notice.type === 'gap' || item.notice.type === 'reset')
        onNotice?.(item.notice);
      else if (item.notice.type === 'live' && !live) return;
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

  /** Ends every iteration, closes every watched run and every socket, for good. */
  close(): void {
    this.#closing.abort();
    for (const connection of this.#connections) connection.close();
    this.#connections.clear();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  readonly #keep = (blobs: Blob[]): void => {
    for (const blob of blobs) this.#blobs.keep(blob);
  };

  #loader(traceId: TraceId): (payload: Payload) => Promise<unknown> {
    return (payload) => this.#blobs.load(traceId, payload);
  }

  #read(subscribe: Subscribe, leaving: AbortSignal, signal: AbortSignal | undefined) {
    const { maxQueueEvents = 10_000, maxQueueBytes = 16 * 1024 * 1024 } = this.#options;
    return readItems(subscribe, {
      signals: [this.#closing.signal, leaving, ...(signal === undefined ? [] : [signal])],
      limits: { maxEvents: maxQueueEvents, maxBytes: maxQueueBytes },
      onBlobs: this.#keep,
    });
  }

  #subscribe(streamId: StreamId, after?: Cursor, filter?: RunsFilter): Subscribe {
    const { payloads } = this.#options;
    const request = {
      streamId,
      ...(payloads === undefined ? {} : { payloads }),
      ...(filter === undefined ? {} : { filter }),
    };
    return (sink) =>
      new Subscription(this.#connectionFor(streamId), request, after, sink, this.#random);
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
      random: this.#random,
      onState: (state) => this.#emitter.emit('status', state),
      onComplaint: (error) => this.#emitter.emit('error', error),
    });
    this.#connections.add(connection);
    return connection;
  }
}

function readSummary(bytes: Uint8Array, cursor: Cursor): RunItem | InvalidNotice {
  try {
    return { ...decodeRunSummary(bytes), cursor };
  } catch (error) {
    return invalidAt(cursor, error);
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
