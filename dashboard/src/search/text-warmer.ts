import type { SpanNode } from '@spantail/protocol';
import type { SearchTexts } from './search-text.ts';

/** Makes the texts of spans ahead of the first search, each when its span has ended. */
export class TextWarmer {
  readonly #texts: Pick<SearchTexts, 'of'>;
  #next = 0;
  /** Were open when they were looked at. */
  #open: SpanNode[] = [];
  #again = 0;

  constructor(texts: Pick<SearchTexts, 'of'>) {
    this.#texts = texts;
  }

  /** The spans that were open are to be looked at again. */
  renew(): void {
    this.#again = this.#open.length;
  }

  /** Goes on until that time at most. Whether nothing is left to do for now. */
  step(spans: readonly SpanNode[], untilMs: number, now: () => number): boolean {
    while (now() < untilMs) {
      if (this.#again > 0) this.#lookAgain(--this.#again);
      else {
        const span = spans[this.#next];
        if (span === undefined) return true;
        this.#next++;
        if (span.state === 'open') this.#open.push(span);
        else this.#texts.of(span);
      }
    }
    return false;
  }

  #lookAgain(at: number): void {
    const span = this.#open[at];
    if (span === undefined || span.state === 'open') return;
    this.#texts.of(span);
    // Those behind it were looked at already: their order does not matter.
    const last = this.#open.pop();
    if (last !== undefined && at < this.#open.length) this.#open[at] = last;
  }
}
