import type { WebSocket } from 'ws';
import type { ViewerTransport } from './transport.ts';

/** A close frame cannot get through to a peer that does not read; then the socket is cut. */
const CLOSE_GRACE_MS = 2_000;
/**
 * A larger message goes out in fragments of this size, each with its own callback: else a slow
 * viewer that takes a large message would look like one that takes nothing.
 */
const FRAGMENT_BYTES = 524_288;

export class WebSocketTransport implements ViewerTransport {
  readonly #socket: WebSocket;
  readonly #drained: () => void;
  #onDrain: () => void = () => {};

  constructor(socket: WebSocket) {
    this.#socket = socket;
    // One closure per socket, not per frame: a frame goes to every viewer of a trace.
    this.#drained = () => this.#onDrain();
  }

  send(message: Uint8Array): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    let at = 0;
    for (; message.byteLength - at > FRAGMENT_BYTES; at += FRAGMENT_BYTES)
      this.#socket.send(message.subarray(at, at + FRAGMENT_BYTES), MORE, this.#drained);
    this.#socket.send(at === 0 ? message : message.subarray(at), LAST, this.#drained);
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  onDrain(listener: () => void): void {
    this.#onDrain = listener;
  }

  close(closeCode: number, reason: string): void {
    this.#socket.close(closeCode, reason.slice(0, 120));
    setTimeout(() => this.#socket.terminate(), CLOSE_GRACE_MS).unref();
  }
}

const LAST = { binary: true, compress: false, fin: true } as const;
const MORE = { binary: true, compress: false, fin: false } as const;
