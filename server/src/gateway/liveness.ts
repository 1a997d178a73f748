import type { WebSocket } from 'ws';

/** Rounds in a row that a peer may leave without any sign of life. */
const MISSED_ROUNDS = 2;

export interface LivenessOptions {
  everyMs: number;
  /** Called once a round for each socket that is not cut. */
  onRound?: (socket: WebSocket) => void;
  /** A socket whose silence says nothing now: its ping or its pong cannot get through. */
  excused: (socket: WebSocket) => boolean;
}

/** Finds peers that are gone, whatever TCP believes: pings them all each round and cuts the silent. */
export class Liveness {
  readonly #options: LivenessOptions;
  readonly #missed = new Map<WebSocket, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: LivenessOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#round(), options.everyMs);
    this.#timer.unref();
  }

  watch(socket: WebSocket): void {
    const alive = (): void => {
      if (this.#missed.has(socket)) this.#missed.set(socket, 0);
    };
    this.#missed.set(socket, 0);
    socket.on('pong', alive);
    socket.on('message', alive);
    socket.on('close', () => this.#missed.delete(socket));
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #round(): void {
    for (const [socket, missed] of this.#missed) {
      if (this.#options.excused(socket)) this.#missed.set(socket, 0);
      else if (missed >= MISSED_ROUNDS) {
        socket.terminate();
        continue;
      } else {
        this.#missed.set(socket, missed + 1);
        socket.ping();
      }
      this.#options.onRound?.(socket);
    }
  }
}
