import type { WebSocket } from 'ws';

/** A peer that does not answer the close frame is cut after this. */
const CLOSE_MS = 500;

/** The sockets of one kind, until each is closed. */
export class OpenSockets<T> {
  readonly #open = new Map<WebSocket, T>();
  #whenEmpty: (() => void)[] = [];

  add(socket: WebSocket, owner: T): void {
    this.#open.set(socket, owner);
    socket.on('close', () => {
      this.#open.delete(socket);
      if (this.#open.size > 0) return;
      for (const resolve of this.#whenEmpty.splice(0)) resolve();
    });
  }

  get(socket: WebSocket): T | undefined {
    return this.#open.get(socket);
  }

  get size(): number {
    return this.#open.size;
  }

  owners(): Iterable<T> {
    return this.#open.values();
  }

  /** Waits until all have gone by themselves, at most this long. */
  async empty(withinMs: number): Promise<void> {
    if (this.#open.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#whenEmpty.push(resolve);
      timer = setTimeout(resolve, withinMs);
    });
    clearTimeout(timer);
  }

  /** Closes all with this code, and cuts those that do not answer. */
  async close(closeCode: number, reason: string): Promise<void> {
    for (const socket of this.#open.keys()) socket.close(closeCode, reason);
    await this.empty(CLOSE_MS);
    for (const socket of this.#open.keys()) socket.terminate();
  }
}
