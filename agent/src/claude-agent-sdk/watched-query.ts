import { attempt } from '../adapter/attempt.ts';
import type { QueryMessage } from './framework-types.ts';
import type { QueryRun } from './query-run.ts';

type Result = IteratorResult<QueryMessage, unknown>;

/** A running query: its messages are seen as the program reads them. */
export class WatchedQuery {
  readonly #query: AsyncGenerator<QueryMessage>;
  readonly #run: QueryRun;
  /** The program did not ask for the pieces of messages, so it does not get them. */
  readonly #hidesPieces: boolean;
  #last: Promise<unknown> = Promise.resolve();

  constructor(query: AsyncGenerator<QueryMessage>, run: QueryRun, hidesPieces: boolean) {
    this.#query = query;
    this.#run = run;
    this.#hidesPieces = hidesPieces;
  }

  /** The query itself, with all its methods, but for the reading of its messages. */
  asQuery(): AsyncGenerator<QueryMessage> {
    const replaced = new Map<PropertyKey, unknown>([
      ['next', (...given: [] | [undefined]) => this.#next(given)],
      ['return', (value: unknown) => this.#leave(() => this.#query.return(value))],
      ['throw', (error: unknown) => this.#leave(() => this.#query.throw(error))],
      [Symbol.asyncIterator, () => query],
    ]);
    const methods = new Map<PropertyKey, unknown>();
    const query: AsyncGenerator<QueryMessage> = new Proxy(this.#query, {
      get: (target, key) => {
        const own = replaced.get(key) ?? methods.get(key);
        if (own !== undefined) return own;
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== 'function' || key === 'constructor') return value;
        const method = this.#method(key, value as (...given: unknown[]) => unknown);
        methods.set(key, method);
        return method;
      },
      set: (target, key, value) => Reflect.set(target, key, value, target),
    });
    return query;
  }

  /** Those that end a query end its spans. */
  #method(
    key: PropertyKey,
    method: (...given: unknown[]) => unknown,
  ): (...given: unknown[]) => unknown {
    const bound = method.bind(this.#query);
    if (key !== 'close' && key !== Symbol.asyncDispose) return bound;
    return (...given) => {
      const result = bound(...given);
      attempt(() => this.#run.end({ status: 'unset' }));
      return result;
    };
  }

  /** Reads that were asked for at once are answered in turn, though some messages are passed over. */
  #next(given: [] | [undefined]): Promise<Result> {
    const next = this.#last.then(() => this.#read(given));
    this.#last = next.catch(() => {});
    return next;
  }

  async #read(given: [] | [undefined]): Promise<Result> {
    try {
      for (;;) {
        const result = await this.#query.next(...given);
        if (result.done === true) {
          attempt(() => this.#run.end());
          return result;
        }
        attempt(() => this.#run.seeMessage(result.value));
        if (!this.#hidesPieces || result.value['type'] !== 'stream_event') return result;
      }
    } catch (thrown) {
      attempt(() => this.#run.end({ error: thrown }));
      throw thrown;
    }
  }

  /** The program left, most often out of its loop. */
  async #leave(leave: () => Promise<Result>): Promise<Result> {
    try {
      return await leave();
    } finally {
      attempt(() => this.#run.end({ status: 'unset' }));
    }
  }
}
