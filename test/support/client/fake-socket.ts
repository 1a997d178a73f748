import type { WebSocketConstructor } from '@spantail/client';
import {
  encodeServerMessage,
  parseClientMessage,
  type ClientMessage,
  type ServerMessage,
} from '@spantail/protocol';

type Handler = ((event: never) => void) | null;

/** A socket in the test's hand. Some WebSockets call their handlers at once: so does this one. */
export class FakeSocket {
  binaryType = 'blob';
  readyState = 0;
  onopen: Handler = null;
  onmessage: Handler = null;
  onclose: Handler = null;
  onerror: Handler = null;
  readonly sent: ClientMessage[] = [];
  closes = 0;
  terminations = 0;
  /** Runs inside `send`, before it returns. */
  onSend: (message: ClientMessage) => void = () => {};

  open(): void {
    this.readyState = 1;
    this.onopen?.({} as never);
  }

  send(data: string): void {
    if (this.readyState !== 1) throw new Error('InvalidStateError: the socket is not open');
    const message = parseClientMessage(data);
    this.sent.push(message);
    this.onSend(message);
  }

  say(message: ServerMessage): void {
    this.give(encodeServerMessage(message).slice().buffer);
  }

  give(data: unknown): void {
    this.onmessage?.({ data } as never);
  }

  close(): void {
    this.closes++;
    if (this.readyState === 0) {
      this.readyState = 3;
      this.onerror?.({ message: 'closed before it was open' } as never);
      throw new Error('closed before it was open');
    }
    this.end(1000);
  }

  terminate(): void {
    this.terminations++;
    this.readyState = 3;
  }

  end(code: number, reason = ''): void {
    this.readyState = 3;
    this.onclose?.({ code, reason } as never);
  }
}

/** A constructor whose sockets are kept, newest last. */
export function fakeSockets(): { sockets: FakeSocket[]; WebSocket: WebSocketConstructor } {
  const sockets: FakeSocket[] = [];
  class Made extends FakeSocket {
    constructor() {
      super();
      sockets.push(this);
    }
  }
  return { sockets, WebSocket: Made };
}
