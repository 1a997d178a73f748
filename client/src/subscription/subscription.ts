import type { Cursor, SpantailError } from '@spantail/protocol';
import type { Connection, StreamHandler } from '../connection/connection.ts';
import {
  startSubscription,
  subscriptionStep,
  type Frame,
  type Notice,
  type SubscriptionEvent,
  type SubscriptionRequest,
  type SubscriptionState,
} from './subscription-state.ts';

/** Where a subscription's frames and notices go. */
export interface SubscriptionSink {
  onFrame(frame: Frame): void;
  onNotice(notice: Notice): void;
  onBlobs?(blobs: { ref: Uint8Array; bytes: Uint8Array }[]): void;
  onState?(state: SubscriptionState): void;
  onFailed(error: SpantailError): void;
}

/** Drives {@link subscriptionStep} over a connection. */
export class Subscription {
  readonly #connection: Connection;
  readonly #request: SubscriptionRequest;
  readonly #sink: SubscriptionSink;
  readonly #handler: StreamHandler;
  #state: SubscriptionState;

  constructor(
    connection: Connection,
    request: SubscriptionRequest,
    after: Cursor | undefined,
    sink: SubscriptionSink,
  ) {
    this.#connection = connection;
    this.#request = request;
    this.#sink = sink;
    this.#state = startSubscription(after);
    this.#handler = {
      onConnected: () => this.#step({ type: 'connected' }),
      onDisconnected: () => this.#step({ type: 'disconnected' }),
      onMessage: (message) => {
        if (message.type === 'blobs') this.#sink.onBlobs?.(message.blobs);
        else this.#step({ type: 'message', message });
      },
      onFailed: (error) => this.#sink.onFailed(error),
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
    this.#step({ type: 'close' });
    this.#connection.detach(this.#request.streamId, this.#handler);
  }

  #step(event: SubscriptionEvent): void {
    const before = this.#state;
    const { state, effects } = subscriptionStep(this.#request, before, event);
    this.#state = state;
    for (const effect of effects) {
      switch (effect.type) {
        case 'send':
          this.#connection.send(effect.message);
          break;
        case 'frame':
          this.#sink.onFrame(effect.frame);
          break;
        case 'notice':
          this.#sink.onNotice(effect.notice);
          break;
        case 'fail':
          this.#sink.onFailed(effect.error);
      }
    }
    if (state.kind !== before.kind) this.#sink.onState?.(state);
  }
}
