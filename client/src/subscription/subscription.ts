import type { Cursor, SpantailError } from '@spantail/protocol';
import type { Connection } from '../connection/connection.ts';
import type { StreamHandler } from '../connection/routes.ts';
import { inTurn } from '../in-turn.ts';
import {
  startSubscription,
  subscriptionStep,
  type Frame,
  type Notice,
  type SubscriptionEffect,
  type SubscriptionEvent,
  type SubscriptionRequest,
  type SubscriptionState,
} from './subscription-state.ts';

/** Where a subscription's frames and notices go. After `close` nothing is called any more. */
export interface SubscriptionSink {
  onFrame(frame: Frame): void;
  onNotice(notice: Notice): void;
  onBlobs?(blobs: { ref: Uint8Array; bytes: Uint8Array }[]): void;
  onState?(state: SubscriptionState): void;
  /** The last call. */
  onFailed(error: SpantailError): void;
}

/** Drives {@link subscriptionStep} over a connection. */
export class Subscription {
  readonly #connection: Connection;
  readonly #request: SubscriptionRequest;
  readonly #sink: SubscriptionSink;
  readonly #handler: StreamHandler;
  readonly #step = inTurn((event: SubscriptionEvent) => this.#take(event));
  #state: SubscriptionState;
  #closed = false;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    connection: Connection,
    request: SubscriptionRequest,
    after: Cursor | undefined,
    sink: SubscriptionSink,
    random: () => number,
  ) {
    this.#connection = connection;
    this.#request = request;
    this.#sink = sink;
    this.#state = startSubscription(after);
    this.#handler = {
      onConnected: () => this.#step({ type: 'connected' }),
      onDisconnected: () => this.#step({ type: 'disconnected' }),
      onMessage: (message) => {
        if (message.type === 'blobs') sink.onBlobs?.(message.blobs);
        else this.#step({ type: 'message', message, random: random() });
      },
      onFailed: (error) => this.#step({ type: 'refused', error }),
    };
  }

  start(): void {
    this.#connection.attach(this.#request.streamId, this.#handler);
  }

  get state(): SubscriptionState {
    return this.#state;
  }

  /** The consumer cannot take more now. Frames after the one just handed over are asked for again. */
  overflow(): void {
    this.#step({ type: 'overflow' });
  }

  drained(): void {
    this.#step({ type: 'drained' });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#step({ type: 'close' });
  }

  #take(event: SubscriptionEvent): void {
    const before = this.#state;
    const { state, effects } = subscriptionStep(this.#request, before, event);
    this.#state = state;
    for (const effect of effects) this.#run(effect);
    if (state.kind === before.kind) return;
    // With nothing left to hear: the connection may go.
    if (state.kind === 'closed' || state.kind === 'failed')
      this.#connection.detach(this.#request.streamId, this.#handler);
    if (!this.#closed) this.#sink.onState?.(state);
  }

  #run(effect: SubscriptionEffect): void {
    switch (effect.type) {
      case 'send':
        this.#connection.send(effect.message);
        return;
      case 'retry-in':
        this.#retryTimer = setTimeout(() => this.#step({ type: 'retry' }), effect.ms);
        return;
      case 'cancel-retry':
        clearTimeout(this.#retryTimer);
        return;
      case 'frame':
        if (!this.#closed) this.#sink.onFrame(effect.frame);
        return;
      case 'notice':
        if (!this.#closed) this.#sink.onNotice(effect.notice);
        return;
      case 'fail':
        if (!this.#closed) this.#sink.onFailed(effect.error);
    }
  }
}
