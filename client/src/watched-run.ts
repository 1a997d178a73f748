import {
  FramePlaces,
  RunTree,
  parseCursor,
  type Blob,
  type Cursor,
  type EndReason,
  type Payload,
  type SpanNode,
  type SpantailError,
  type TraceId,
} from '@spantail/protocol';
import { Emitter } from './emitter.ts';
import { invalidAt, type GapNotice, type InvalidNotice, type ResetNotice } from './event-item.ts';
import { decodeLoadable, type PayloadLoader, type WatchedTree } from './loadable.ts';
import type { Subscribe } from './read-items.ts';
import type { Frame, Notice, SubscriptionState } from './subscription/subscription-state.ts';
import type { Subscription } from './subscription/subscription.ts';

export type WatchStatus =
  | 'connecting'
  | 'catching-up'
  | 'live'
  | 'stalled'
  | 'ended'
  | 'failed'
  | 'closed';

export interface RunEvents {
  /** The tree changed; at most once a turn of the event loop, however many events came. */
  change: WatchedTree;
  status: WatchStatus;
  gap: GapNotice;
  /** The tree begins anew: the log's history is another one. */
  reset: ResetNotice;
  end: { reason: EndReason; cursor: Cursor };
  /** One event could not be read. */
  invalid: InvalidNotice;
  /** The run cannot be watched any longer; also in {@link WatchedRun.error}. */
  error: SpantailError;
}

export interface WatchedRunOptions {
  traceId: TraceId;
  /** Only what comes behind it gets into the tree. */
  after: Cursor | undefined;
  subscribe: Subscribe;
  load: PayloadLoader;
  onBlobs: (blobs: Blob[]) => void;
  /** Any of them closes the run. */
  signals: readonly AbortSignal[];
}

/** A run's tree, kept current until {@link WatchedRun.close}. */
export class WatchedRun {
  readonly traceId: TraceId;
  readonly #options: WatchedRunOptions;
  readonly #emitter = new Emitter<RunEvents>();
  readonly #subscription: Subscription;
  readonly #onAbort = (): void => this.close();
  #tree: WatchedTree;
  #cursor: Cursor | undefined;
  #status: WatchStatus = 'connecting';
  #error: SpantailError | undefined;
  #changeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: WatchedRunOptions) {
    const { traceId, after, subscribe, onBlobs, signals } = options;
    this.traceId = traceId;
    this.#options = options;
    this.#tree = newTree(traceId);
    this.#cursor = after;
    this.#subscription = subscribe({
      onFrame: (frame) => this.#take(frame),
      onNotice: (notice) => this.#note(notice),
      onBlobs,
      onState: (state) => this.#follow(state),
      onFailed: (error) => this.#fail(error),
    });
    if (signals.some((signal) => signal.aborted)) this.close();
    else {
      for (const signal of signals) signal.addEventListener('abort', this.#onAbort);
      this.#subscription.start();
    }
  }

  /** Its spans' payloads have `load()`. Another object after a `reset`. */
  get tree(): WatchedTree {
    return this.#tree;
  }

  /** Behind the last event in the tree; resume with it. */
  get cursor(): Cursor | undefined {
    return this.#cursor;
  }

  /**
   * When the log took in the last of what is in the tree, by the log's clock, in milliseconds.
   * Streamed output has no time of its own in the tree. `undefined`: nothing came yet.
   */
  get lastActivityMs(): number | undefined {
    const place = this.#cursor === undefined ? undefined : parseCursor(this.#cursor);
    // The place ahead of the first entry is `0-0`.
    return Number.parseInt(place?.position ?? '0', 10) || undefined;
  }

  get status(): WatchStatus {
    return this.#status;
  }

  /** Why its status is `failed`. */
  get error(): SpantailError | undefined {
    return this.#error;
  }

  /** Returns a function that takes the listener off again. */
  on<Name extends keyof RunEvents>(
    name: Name,
    listener: (value: RunEvents[Name]) => void,
  ): () => void {
    return this.#emitter.on(name, listener);
  }

  /** A payload's whole value, loaded when it is only referenced. See the rules [PL] for its form. */
  load(payload: Payload): Promise<unknown> {
    return this.#options.load(payload);
  }

  /** A span's input, whole; `undefined` when it has none. */
  async input(span: SpanNode): Promise<unknown> {
    return span.input === undefined ? undefined : this.load(span.input);
  }

  /** A span's output, whole: what it closed with, else its partial output so far. */
  async output(span: SpanNode): Promise<unknown> {
    if (span.output !== undefined) return this.load(span.output);
    return span.outputText === '' ? undefined : span.outputText;
  }

  /** Nothing is emitted afterwards, but the status `closed`. The tree stays as it is. */
  close(): void {
    if (this.#status === 'closed') return;
    this.#release();
    this.#subscription.close();
    this.#become('closed');
  }

  #take(frame: Frame): void {
    for (const [i, bytes] of frame.events.entries()) {
      if (bytes === null) continue;
      try {
        this.#tree.apply(decodeLoadable(bytes, this.#options.load));
      } catch (error) {
        this.#cursor = new FramePlaces(frame, frame.events.length).cursor(i);
        this.#emitter.emit('invalid', invalidAt(this.#cursor, error));
        if (this.#status === 'closed') return;
      }
    }
    this.#cursor = frame.cursor;
    if (this.#status === 'stalled') this.#follow(this.#subscription.state);
    this.#changed();
  }

  #note(notice: Notice): void {
    switch (notice.type) {
      case 'live':
        return this.#become('live');
      case 'stalled':
        return this.#become('stalled');
      case 'gap':
        this.#cursor = notice.cursor;
        this.#emitter.emit('gap', notice);
        return;
      case 'reset':
        this.#tree = newTree(this.traceId);
        this.#cursor = undefined;
        this.#emitter.emit('reset', notice);
        this.#changed();
        return;
      case 'end':
        this.#become('ended');
        this.#emitter.emit('end', notice);
    }
  }

  #follow({ kind }: SubscriptionState): void {
    if (kind === 'catching-up' || kind === 'live' || kind === 'ended') this.#become(kind);
    else if (kind === 'detached' || kind === 'subscribing') this.#become('connecting');
  }

  #fail(error: SpantailError): void {
    this.#release();
    this.#error = error;
    this.#become('failed');
    this.#emitter.emit('error', error);
  }

  #become(status: WatchStatus): void {
    if (this.#status === status || this.#status === 'closed') return;
    this.#status = status;
    this.#emitter.emit('status', status);
  }

  #changed(): void {
    if (this.#status === 'closed') return;
    this.#changeTimer ??= setTimeout(() => {
      this.#changeTimer = undefined;
      this.#emitter.emit('change', this.#tree);
    });
  }

  #release(): void {
    for (const signal of this.#options.signals) signal.removeEventListener('abort', this.#onAbort);
    clearTimeout(this.#changeTimer);
    this.#changeTimer = undefined;
  }
}

/** Every event that gets into it was decoded with its payloads loadable. */
function newTree(traceId: TraceId): WatchedTree {
  return new RunTree(traceId) as unknown as WatchedTree;
}
