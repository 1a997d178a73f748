/**
 * A long list in ranges of itself. The tree view writes it in the brackets of a list; what it makes
 * of an element is a pair of its name and its value, and here an element is named: by its places.
 */
export class ListRanges extends Array<unknown> {
  readonly #names: readonly string[];

  constructor(ranges: readonly (readonly [name: string, part: unknown])[]) {
    super();
    for (const [, part] of ranges) this.push(part);
    this.#names = ranges.map(([name]) => name);
  }

  get names(): readonly string[] {
    return this.#names;
  }

  /** What is made of it is a plain list again. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  override map<Made>(make: (value: unknown, index: number, array: unknown[]) => Made): Made[] {
    return Array.from(this, (value, index) => {
      const made = make(value, index, this);
      return Array.isArray(made) && made[0] === undefined
        ? ([this.#names[index], ...made.slice(1)] as Made)
        : made;
    });
  }
}
