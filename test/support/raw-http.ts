import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

/** A TCP connection that says what the test says and keeps what it hears. */
export class RawConnection {
  readonly socket: Socket;
  heard = '';
  closed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      this.heard += text;
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.closed = true;
    });
  }

  static async open(url: string): Promise<RawConnection> {
    const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' });
    const connection = new RawConnection(socket);
    await once(socket, 'connect');
    return connection;
  }

  say(text: string | Uint8Array): void {
    this.socket.write(text);
  }
}

/** An upgrade request, as text; headers replace those of the same name. */
export function upgradeRequest(path: string, headers: Record<string, string> = {}): string {
  const all = {
    Host: 'localhost',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol': 'spantail.v1',
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}
