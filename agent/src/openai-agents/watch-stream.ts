import { attempt } from '../adapter/attempt.ts';
import { modelCalls, type ModelCall } from './model-calls.ts';

/** The same stream; `begin` opens its call when its first event is asked for. */
export function watchStream(
  stream: AsyncIterable<unknown>,
  begin: () => ModelCall | undefined,
): AsyncIterable<unknown> {
  return {
    [Symbol.asyncIterator]: () => new WatchedStream(stream[Symbol.asyncIterator](), begin),
  };
}

class WatchedStream implements AsyncIterator<unknown> {
  readonly #events: AsyncIterator<unknown>;
  readonly #begin: () => ModelCall | undefined;
  #call: ModelCall | undefined;
  #state: 'new' | 'open' | 'over' = 'new';

  constructor(events: AsyncIterator<unknown>, begin: () => ModelCall | undefined) {
    this.#events = events;
    this.#begin = begin;
  }

  next(): Promise<IteratorResult<unknown>> {
    return this.#inCall(() => this.#events.next());
  }

  throw(thrown?: unknown): Promise<IteratorResult<unknown>> {
    return this.#inCall(() => this.#events.throw?.(thrown) ?? Promise.reject(thrown));
  }

  /** Broken off: the stream is told, and the call is over whatever it answers. */
  async return(value?: unknown): Promise<IteratorResult<unknown>> {
    const leave = async (): Promise<IteratorResult<unknown>> =>
      (await this.#events.return?.(value)) ?? { done: true, value };
    try {
      return await (this.#call === undefined ? leave() : modelCalls.run(this.#call, leave));
    } finally {
      this.#end('unset');
    }
  }

  async #inCall(step: () => Promise<IteratorResult<unknown>>): Promise<IteratorResult<unknown>> {
    if (this.#state === 'new') {
      this.#call = this.#begin();
      this.#state = 'open';
    }
    const call = this.#call;
    if (call === undefined) return step();
    try {
      const result = await modelCalls.run(call, step);
      if (result.done === true) this.#end();
      else attempt(() => call.see(result.value));
      return result;
    } catch (thrown) {
      call.fail(thrown);
      this.#end();
      throw thrown;
    }
  }

  #end(status?: 'unset'): void {
    if (this.#state === 'open') this.#call?.end(status);
    this.#state = 'over';
  }
}
