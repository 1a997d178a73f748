import {
  RunTree,
  decodeEvent,
  type Cursor,
  type EndReason,
  type GapReason,
  type Payload,
  type ResetReason,
  type SpanNode,
  type SpantailError,
  type TraceId,
} from '@spantail/protocol';
import { Emitter } from './emitter.ts';
import { eventCursor } from './subscription/item-queue.ts';
import type { Subscribe } from './read-items.ts';
import type { Frame, Notice } from './subscription/subscription-state.ts';
import type { Subscription } from './subscription/subscription.ts';

export type RunStatus =
  | 'connecting'
  | 'catching-up'
  | 'live'
  | 'stalled'
  | 'ended'
  | 'failed'
  | 'closed';

export interface RunEvents {
  /** The tree changed; at most once a turn of the event loop, however many events came. */
  change: RunTree;
  status: RunStatus;
  gap: { after: Cursor; cursor: Cursor; reason: GapReason };
  /** The tree begins anew: the log's history is another one. */
  reset: { reason: ResetReason };
  end: { reason: EndReason; cursor: Cursor };
  /** One event could not be read. */
  invalid: { cursor: Cursor; message: string };
  error: SpantailError;
}

/** A run's tree, kept current until {@link WatchedRun.close}. */
export class WatchedRun {
  readonly traceId: TraceId;
  readonly #emitter = new Emitter<RunEvents>();
  readonly #subscription: Subscription;
  readonly #load: (payload: Payload) => Promise<unknown>;
  #tree: RunTree;
  #cursor: Cursor | undefined;
  #status: RunStatus = 'connecting';
  #announced = false;

  constructor(
    traceId: TraceId,
    subscribe: Subscribe,
    load: (payload: Payload) => Promise<unknown>,
    onBlobs: (blobs: { ref: Uint8Array; bytes: Uint8Array }[]) => void,
    after?: Cursor,
  ) {
    this.traceId = traceId;
    this.#tree = new RunTree(traceId);
    this.#load = load;
    this.#cursor = after;
    this.#subscription = subscribe({
      onFrame: (frame) => this.#take(frame),
      onNotice: (notice) => this.#note(notice),
      onBlobs,
      onState: ({ kind }) => {
        if (kind === 'catching-up' || kind === 'live') this.#become(kind);
        else if (kind === 'detached' || kind === 'subscribing') this.#become('connecting');
      },
      onFailed: (error) => {
        this.#become('failed');
        this.#emitter.emit('error', error);
      },
    });
    this.#subscription.start();
  }

  get tree(): RunTree {
    return this.#tree;
  }

  /** Behind the last event in the tree; resume with it. */
  get cursor(): Cursor | undefined {
    return this.#cursor;
  }

  get status(): RunStatus {
    return this.#status;
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
    return this.#load(payload);
  }

  /** A span's input, whole; `undefined` when it has none. */
  async input(span: SpanNode): Promise<unknown> {
    return span.input === undefined ? undefined : this.#load(span.input);
  }

  /** A span's output, whole: what it closed with, else its partial output so far. */
  async output(span: SpanNode): Promise<unknown> {
    if (span.output !== undefined) return this.#load(span.output);
    return span.outputText === '' ? undefined : span.outputText;
  }

  close(): void {
    this.#subscription.close();
    this.#become('closed');
  }

  #take(frame: Frame): void {
    for (const [i, bytes] of frame.events.entries()) {
      if (bytes === null) continue;
      const cursor = eventCursor(frame, i);
      try {
        this.#tree.apply(decodeEvent(bytes));
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        this.#emitter.emit('invalid', { cursor, message });
      }
    }
    this.#cursor = frame.cursor;
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
        this.#tree = new RunTree(this.traceId);
        this.#cursor = undefined;
        this.#emitter.emit('reset', notice);
        this.#changed();
        return;
      case 'end':
        this.#become('ended');
        this.#emitter.emit('end', notice);
    }
  }

  #become(status: RunStatus): void {
    if (this.#status === status || this.#status === 'closed') return;
    this.#status = status;
    this.#emitter.emit('status', status);
  }

  #changed(): void {
    if (this.#announced) return;
    this.#announced = true;
    setTimeout(() => {
      this.#announced = false;
      if (this.#status !== 'closed') this.#emitter.emit('change', this.#tree);
    });
  }
}
