import type { ServerMessage, SpantailError, StreamId } from '@spantail/protocol';

/** What one subscription hears of its connection. */
export interface StreamHandler {
  onConnected(): void;
  onDisconnected(): void;
  onMessage(message: ServerMessage): void;
  /** The connection will not come back. */
  onFailed(error: SpantailError): void;
}

interface Route {
  handler: StreamHandler;
  /** Nothing of an earlier subscription to the stream is under way any more. */
  ready: boolean;
}

/**
 * Which handler hears what of a connection. A stream that was just left may still have frames,
 * confirmations and errors under way: a new handler of it waits until the server has said
 * `unsubscribed`, so that none of them can be taken for its own.
 */
export class Routes {
  readonly #routes = new Map<StreamId, Route>();
  /** `unsubscribe`s that were not answered yet. */
  readonly #leaving = new Map<StreamId, number>();

  get size(): number {
    return this.#routes.size;
  }

  has(streamId: StreamId): boolean {
    return this.#routes.has(streamId);
  }

  /** Whether the handler may subscribe; otherwise it is told later. */
  add(streamId: StreamId, handler: StreamHandler): boolean {
    const ready = !this.#leaving.has(streamId);
    this.#routes.set(streamId, { handler, ready });
    return ready;
  }

  remove(streamId: StreamId, handler: StreamHandler): boolean {
    if (this.#routes.get(streamId)?.handler !== handler) return false;
    return this.#routes.delete(streamId);
  }

  clear(): void {
    this.#routes.clear();
  }

  all(): [StreamId, StreamHandler][] {
    return [...this.#routes].map(([streamId, { handler }]) => [streamId, handler]);
  }

  /** Those of them that are still there. */
  tell(
    handlers: readonly [StreamId, StreamHandler][],
    what: (handler: StreamHandler) => void,
  ): void {
    for (const [streamId, handler] of handlers)
      if (this.#routes.get(streamId)?.handler === handler) what(handler);
  }

  /** An `unsubscribe` was sent. */
  leave(streamId: StreamId): void {
    this.#leaving.set(streamId, (this.#leaving.get(streamId) ?? 0) + 1);
  }

  /** The socket is gone, and all that was under way with it. */
  disconnect(): void {
    this.#leaving.clear();
    for (const route of this.#routes.values()) route.ready = true;
  }

  deliver(streamId: StreamId, message: ServerMessage): void {
    const route = this.#routes.get(streamId);
    if (message.type === 'unsubscribed') this.#left(streamId);
    if (route === undefined) return;
    if (route.ready) route.handler.onMessage(message);
    else if (!this.#leaving.has(streamId)) {
      route.ready = true;
      route.handler.onConnected();
    }
  }

  #left(streamId: StreamId): void {
    const count = (this.#leaving.get(streamId) ?? 0) - 1;
    if (count > 0) this.#leaving.set(streamId, count);
    else this.#leaving.delete(streamId);
  }
}
