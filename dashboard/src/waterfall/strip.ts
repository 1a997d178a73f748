/**
 * One line of columns, each coloured by whoever takes it first. What is drawn of it is as much as it
 * has columns, and not as many as were put into it.
 */
export class Strip {
  /** 0: free; else one more than the colour. */
  readonly #taken: Uint8Array;
  /** Of each column, one at or behind it from which to look for a free one; of a free one, itself. */
  readonly #next: Uint32Array;

  constructor(columnCount: number) {
    this.#taken = new Uint8Array(columnCount);
    this.#next = Uint32Array.from({ length: columnCount + 1 }, (_, column) => column);
  }

  /** Colours what is free from `x` to before `right`; nothing where one of them is nowhere (NaN). */
  take(x: number, right: number, colour: number): void {
    if (!(x < right)) return;
    for (let free = this.#freeFrom(x); free < right; free = this.#freeFrom(free)) {
      this.#taken[free] = colour + 1;
      this.#next[free] = free + 1;
    }
  }

  /** Columns of one colour beside each other, left to right. */
  eachRun(draw: (x: number, right: number, colour: number) => void): void {
    const taken = this.#taken;
    for (let x = 0; x < taken.length;) {
      const by = taken[x] ?? 0;
      let right = x + 1;
      while (right < taken.length && taken[right] === by) right++;
      if (by > 0) draw(x, right, by - 1);
      x = right;
    }
  }

  #freeFrom(x: number): number {
    const next = this.#next;
    let at = x;
    for (let to = next[at] ?? at; to !== at; to = next[at] ?? at) {
      // Halves the way for whoever asks next: thousands may be as long as the run.
      next[at] = next[to] ?? to;
      at = to;
    }
    return at;
  }
}
