/**
 * A generator that can be left at any time. A plain async generator hears of `return` only when
 * what it waits for has come, which for a quiet run is never; this one aborts `leaving` first.
 */
export function leavable<T>(
  generate: (leaving: AbortSignal) => AsyncGenerator<T, void, undefined>,
): AsyncGenerator<T, void, undefined> {
  const leaving = new AbortController();
  const generator = generate(leaving.signal);
  return {
    next: () => generator.next(),
    return: (value) => {
      leaving.abort();
      return generator.return(value);
    },
    throw: (error) => {
      leaving.abort();
      return generator.throw(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await this.return();
    },
  };
}
