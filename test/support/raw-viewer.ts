import {
  decodeServerMessage,
  SUBPROTOCOL,
  type ClientMessage,
  type ServerMessage,
} from '@spantail/protocol';
import { WebSocket } from 'ws';

type MessageOf<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>;

/** A viewer without the client library: sends what the test says, and keeps all it gets. */
export class RawViewer {
  readonly socket: WebSocket;
  readonly messages: ServerMessage[] = [];
  readonly closed: Promise<number>;
  #read = 0;
  #changed: () => void = () => {};

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => {
      this.messages.push(decodeServerMessage(data));
      this.#changed();
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', (code) => {
        resolve(code);
        this.#changed();
      });
    });
    socket.on('error', () => {});
  }

  static async connect(url: string, protocol: string = SUBPROTOCOL): Promise<RawViewer> {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/v1/watch`, protocol);
    const viewer = new RawViewer(socket);
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return viewer;
  }

  send(message: ClientMessage | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  subscribe(streamId: string, rest: { after?: string; payloads?: 'inline' } = {}): void {
    this.send({ type: 'subscribe', streamId, ...rest });
  }

  /** The next message of these types behind those already taken; others are passed over. */
  async next<T extends ServerMessage['type']>(...types: T[]): Promise<MessageOf<T>> {
    for (;;) {
      while (this.#read < this.messages.length) {
        const message = this.messages[this.#read++];
        if (message !== undefined && isOneOf(message, types)) return message;
      }
      if (this.socket.readyState === WebSocket.CLOSED)
        throw new Error(`the socket closed before one of ${types.join(', ')} came`);
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  /** Encoded events taken so far, in order, over all `events` messages read by this call. */
  async events(count: number): Promise<Uint8Array[]> {
    const events: Uint8Array[] = [];
    while (events.length < count) {
      const message = await this.next('events');
      for (const event of message.events) if (event !== null) events.push(event);
    }
    return events;
  }

  close(): Promise<number> {
    this.socket.close();
    return this.closed;
  }
}

function isOneOf<T extends ServerMessage['type']>(
  message: ServerMessage,
  types: T[],
): message is MessageOf<T> {
  return (types as string[]).includes(message.type);
}
