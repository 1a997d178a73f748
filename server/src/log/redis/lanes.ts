/**
 * Runs tasks of one name one after the other, in the order they came; others side by side. A task
 * whose predecessor failed while it waited fails like it: a batch must not overtake the one before
 * it, or that one, sent again, would pass for a duplicate.
 */
export class Lanes {
  readonly #last = new Map<string, Promise<unknown>>();

  run<T>(name: string, task: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name);
    const result = before === undefined ? task() : before.then(task);
    this.#last.set(name, result);
    const leave = (): void => {
      if (this.#last.get(name) === result) this.#last.delete(name);
    };
    result.then(leave, leave);
    return result;
  }
}
