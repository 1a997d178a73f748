import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A helper process of a benchmark, which answers each message with one. */
export class Child {
  /** What it answered when it was ready. */
  started: unknown;
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#process = child;
  }

  /** Starts a module of this folder with its settings; it answers when it is ready. */
  static async start(module: string, settings: object): Promise<Child> {
    const child = new Child(fork(join(import.meta.dirname, module)));
    child.started = await child.ask(settings);
    return child;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  async ask<T>(message: object): Promise<T> {
    const answer = this.next<T>();
    this.#process.send(message);
    return answer;
  }

  async next<T>(): Promise<T> {
    const waiting = new AbortController();
    const { signal } = waiting;
    const gone = once(this.#process, 'exit', { signal }).then(([code]: unknown[]) => {
      throw new Error(`a helper process ended with ${String(code)}`);
    });
    // Given up below, when the message has come.
    gone.catch(() => {});
    try {
      const [message] = await Promise.race([once(this.#process, 'message', { signal }), gone]);
      return message as T;
    } finally {
      waiting.abort();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const gone = once(this.#process, 'exit');
    this.#process.disconnect();
    await gone;
  }
}

/** In the helper process: its settings, which come first; it ends with its parent. */
export async function settings<T>(): Promise<T> {
  process.once('disconnect', () => process.exit(0));
  const [message] = (await once(process, 'message')) as [T];
  return message;
}
