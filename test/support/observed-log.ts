import type { EventLog } from 'spantail';

type Method = keyof EventLog;

/** A log that counts what is asked of it, and can be made to wait, fail or go deaf. */
export class ObservedLog {
  readonly log: EventLog;
  readonly calls = new Map<Method, number>();
  openListeners = 0;
  /** Runs before each call; may delay it or throw. */
  before: (method: Method) => Promise<void> | void = () => {};
  /** The doorbell is not heard. */
  deaf = false;

  constructor(inner: EventLog) {
    const wrapped = new Map<Method, unknown>();
    this.log = new Proxy(inner, {
      get: (target, name) => {
        const method = name as Method;
        if (!wrapped.has(method)) wrapped.set(method, this.#wrap(target, method));
        return wrapped.get(method);
      },
    });
  }

  count(method: Method): number {
    return this.calls.get(method) ?? 0;
  }

  #wrap(inner: EventLog, method: Method): unknown {
    if (method === 'onReconnect') return (listener: () => void) => inner.onReconnect(listener);
    if (method === 'listen')
      return async (...[stream, ring]: Parameters<EventLog['listen']>) => {
        await this.#enter(method);
        const listener = await inner.listen(stream, () => {
          if (!this.deaf) ring();
        });
        this.openListeners++;
        let open = true;
        return {
          close: () => {
            if (open) this.openListeners--;
            open = false;
            listener.close();
          },
        };
      };
    const call = inner[method].bind(inner) as (...args: unknown[]) => Promise<unknown>;
    return async (...args: unknown[]) => {
      await this.#enter(method);
      return call(...args);
    };
  }

  async #enter(method: Method): Promise<void> {
    this.calls.set(method, this.count(method) + 1);
    const wait = this.before(method);
    if (wait !== undefined) await wait;
  }
}
