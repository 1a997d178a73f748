import type { Listener } from './event-log.ts';

/**
 * Who wants to know of news under a name, within this process. Rings are collected and given out
 * once a macrotask, so that a burst of appends costs each listener one call.
 */
export class Doorbell {
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #rung = new Set<string>();
  #scheduled: NodeJS.Immediate | undefined;

  listen(name: string, ring: () => void): Listener {
    // A closure of its own, so that one function may listen twice.
    const listener = (): void => ring();
    const group = this.#listeners.get(name);
    if (group === undefined) this.#listeners.set(name, new Set([listener]));
    else group.add(listener);
    return {
      close: () => {
        const rest = this.#listeners.get(name);
        if (rest?.delete(listener) === true && rest.size === 0) this.#listeners.delete(name);
      },
    };
  }

  has(name: string): boolean {
    return this.#listeners.has(name);
  }

  names(): IterableIterator<string> {
    return this.#listeners.keys();
  }

  ring(name: string): void {
    if (!this.#listeners.has(name)) return;
    this.#rung.add(name);
    this.#scheduled ??= setImmediate(() => this.#giveOut());
  }

  ringAll(): void {
    for (const name of this.#listeners.keys()) this.ring(name);
  }

  close(): void {
    if (this.#scheduled !== undefined) clearImmediate(this.#scheduled);
    this.#rung.clear();
    this.#listeners.clear();
  }

  #giveOut(): void {
    this.#scheduled = undefined;
    const names = [...this.#rung];
    this.#rung.clear();
    for (const name of names) for (const ring of this.#listeners.get(name) ?? []) ring();
  }
}
