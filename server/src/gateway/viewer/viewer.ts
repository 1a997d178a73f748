import {
  ERRORS,
  LIMITS,
  RUNS_STREAM,
  SpantailError,
  encodeServerMessage,
  isTraceId,
  type ClientMessage,
  type ErrorCode,
  type ServerMessage,
  type StreamId,
} from '@spantail/protocol';
import type { Hub } from '../hub/hub.ts';
import { Subscription, type SubscriptionOwner } from './subscription.ts';
import type { ViewerTransport } from './transport.ts';

export interface ViewerLimits {
  /** Above this a viewer is not pushed to; it pulls when it has drained. Default 1 MiB. */
  highWaterBytes: number;
  /** A viewer that takes nothing for this long is closed, to resume later. Default 30,000. */
  stuckMs: number;
}

export const VIEWER_LIMITS: ViewerLimits = { highWaterBytes: 1_048_576, stuckMs: 30_000 };

/** One viewer's connection and its subscriptions. */
export class Viewer implements SubscriptionOwner {
  readonly hub: Hub;
  readonly project: string;
  readonly #transport: ViewerTransport;
  readonly #limits: ViewerLimits;
  readonly #subscriptions = new Map<StreamId, Subscription>();
  #waiting: (() => void)[] = [];
  #progressAtMs = Date.now();
  #closed = false;

  constructor(hub: Hub, project: string, transport: ViewerTransport, limits: ViewerLimits) {
    this.hub = hub;
    this.project = project;
    this.#transport = transport;
    this.#limits = limits;
    transport.onDrain(() => this.#drained());
  }

  handle(message: ClientMessage): void {
    // A closing socket still hands over what had arrived; what began now would never be ended.
    if (this.#closed) return;
    switch (message.type) {
      case 'ping':
        this.send({ type: 'heartbeat' });
        return;
      case 'subscribe':
        this.#subscribe(message);
        return;
      case 'unsubscribe':
        this.#end(message.streamId);
        this.send({ type: 'unsubscribed', streamId: message.streamId });
    }
  }

  #subscribe(message: Extract<ClientMessage, { type: 'subscribe' }>): void {
    const { streamId } = message;
    if (streamId !== RUNS_STREAM && !isTraceId(streamId))
      return this.fail(
        new SpantailError(
          'TRACE_ID_INVALID',
          `"${String(streamId).slice(0, 80)}" is not a trace id: 32 lower-case hex digits`,
        ),
        streamId,
      );
    // A second subscribe to a stream replaces the first: the client asks to go on elsewhere.
    this.#end(streamId);
    if (this.#subscriptions.size >= LIMITS.subscriptions)
      return this.fail(
        new SpantailError(
          'TOO_MANY_SUBSCRIPTIONS',
          `a connection has at most ${LIMITS.subscriptions} subscriptions; unsubscribe or open another connection`,
        ),
        streamId,
      );
    const subscription = new Subscription(this, message);
    this.#subscriptions.set(streamId, subscription);
    subscription.start();
  }

  #end(streamId: StreamId): void {
    this.#subscriptions.get(streamId)?.close();
    this.#subscriptions.delete(streamId);
  }

  /** Ends one subscription with an error; the connection and its other subscriptions go on. */
  fail(error: unknown, streamId?: StreamId): void {
    const { code, message } = describeError(error);
    if (streamId !== undefined) this.#end(streamId);
    this.send({ type: 'error', code, message, ...(streamId === undefined ? {} : { streamId }) });
  }

  send(message: ServerMessage): void {
    this.sendEncoded(encodeServerMessage(message));
  }

  sendEncoded(message: Uint8Array): void {
    if (!this.#closed) this.#transport.send(message);
  }

  get writable(): boolean {
    return this.#transport.bufferedBytes < this.#limits.highWaterBytes;
  }

  /** Resolves when the viewer may be sent to again, or is closed. */
  whenWritable(): Promise<void> {
    if (this.writable || this.#closed) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #drained(): void {
    this.#progressAtMs = Date.now();
    // Half of the mark, so that one drained frame does not wake it for one frame more.
    if (this.#waiting.length === 0) return;
    if (this.#transport.bufferedBytes > this.#limits.highWaterBytes / 2) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Called about once a second: closes a viewer that has stopped reading. */
  checkProgress(nowMs: number): void {
    if (this.#closed) return;
    if (this.#transport.bufferedBytes === 0) this.#progressAtMs = nowMs;
    else if (nowMs - this.#progressAtMs > this.#limits.stuckMs) this.closeWith('SLOW_VIEWER');
  }

  closeWith(code: ErrorCode): void {
    if (this.#closed) return;
    const entry = ERRORS[code];
    this.#transport.close(entry.close ?? 4500, entry.title);
    this.dispose();
  }

  /** The transport is gone. */
  dispose(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const subscription of this.#subscriptions.values()) subscription.close();
    this.#subscriptions.clear();
    for (const resolve of this.#waiting) resolve();
    this.#waiting = [];
  }
}

export function describeError(error: unknown): { code: ErrorCode; message: string } {
  if (error instanceof SpantailError) return { code: error.code, message: error.message };
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error) };
}
