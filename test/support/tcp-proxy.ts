import { createServer, connect, type Server, type Socket } from 'node:net';

/** A TCP proxy that can cut what goes through it: what a bad network does to sockets. */
export class TcpProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #pairs = new Set<{ near: Socket; far: Socket }>();
  #waiting: (() => void)[] = [];

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  static async start(targetPort: () => number): Promise<TcpProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
    const proxy = new TcpProxy(server, address.port);
    server.on('connection', (near) => {
      const far = connect(targetPort(), '127.0.0.1');
      const pair = { near, far };
      proxy.#pairs.add(pair);
      for (const tell of proxy.#waiting.splice(0)) tell();
      const end = (): void => {
        proxy.#pairs.delete(pair);
        near.destroy();
        far.destroy();
      };
      for (const socket of [near, far]) {
        socket.on('error', end);
        socket.on('close', end);
      }
      near.pipe(far);
      far.pipe(near);
    });
    return proxy;
  }

  get connections(): number {
    return this.#pairs.size;
  }

  /** Resolves when there is a connection. */
  whenConnected(): Promise<void> {
    if (this.#pairs.size > 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Cuts one connection, chosen by `random` in [0, 1), without a farewell. */
  cut(random: number): boolean {
    const pair = [...this.#pairs][Math.floor(random * this.#pairs.size)];
    if (pair === undefined) return false;
    pair.near.resetAndDestroy();
    pair.far.resetAndDestroy();
    return true;
  }

  async close(): Promise<void> {
    for (const { near, far } of this.#pairs) {
      near.destroy();
      far.destroy();
    }
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
