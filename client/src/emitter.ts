type Listener<T> = (value: T) => void;

/**
 * Listeners by event name. One that throws is reported as uncaught and hurts no other; one that was
 * taken off is not called any more, and one that is put on meanwhile is called from the next time.
 */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<{ call: Listener<never> }>>();

  /** Returns a function that takes the listener off again. */
  on<Name extends keyof Events>(name: Name, call: Listener<Events[Name]>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    // An object of its own, so that a function put on twice is taken off once.
    const listener = { call };
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  emit<Name extends keyof Events>(name: Name, value: Events[Name]): void {
    const listeners = this.#listeners.get(name);
    if (listeners === undefined) return;
    for (const listener of Array.from(listeners)) {
      if (!listeners.has(listener)) continue;
      try {
        (listener.call as Listener<Events[Name]>)(value);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
