/** Text remembered to compare it with a step's result. */
const MOST_CHARACTERS = 1_048_576;

/** Whether a step's result is just the text that it had appended: then it need not be sent again. */
export class OutputText {
  #pieces: string[] = [];
  #length = 0;

  append(text: string): void {
    this.#length += text.length;
    if (this.#length <= MOST_CHARACTERS) this.#pieces.push(text);
    // Too long to compare: the result is sent, once more but whole.
    else this.#pieces = [];
  }

  equals(value: unknown): boolean {
    if (value === undefined) return this.#length > 0;
    if (typeof value !== 'string' || this.#length === 0 || value.length !== this.#length)
      return false;
    return this.#pieces.join('') === value;
  }
}
