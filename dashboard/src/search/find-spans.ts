import type { SpanNode } from '@spantail/protocol';
import type { SearchTexts } from './search-text.ts';
import { textPattern } from './text-pattern.ts';

/** Whether a span has a text in it, small letters and capitals alike; `undefined` for blanks. */
export function spanMatcher(
  text: string,
  texts: SearchTexts,
): ((span: SpanNode) => boolean) | undefined {
  // Quicker than to make every text small first.
  const pattern = textPattern(text);
  if (pattern === undefined) return undefined;
  return (span) => pattern.test(texts.of(span)) || pattern.test(span.outputText);
}

/**
 * Goes through spans a slice at a time, so that none takes longer than `sliceMs`. Answers whether
 * it is through.
 */
export class SpanScan {
  readonly #spans: readonly SpanNode[];
  readonly #passes: (span: SpanNode) => boolean;
  #next = 0;
  readonly found = new Set<SpanNode>();

  /** `spans` may be changed by its owner later. */
  constructor(spans: readonly SpanNode[], passes: (span: SpanNode) => boolean) {
    this.#spans = spans.slice();
    this.#passes = passes;
  }

  step(sliceMs: number, now: () => number): boolean {
    const untilMs = now() + sliceMs;
    while (this.#next < this.#spans.length) {
      const span = this.#spans[this.#next++];
      if (span !== undefined && this.#passes(span)) this.found.add(span);
      if (this.#next % 64 === 0 && now() >= untilMs) break;
    }
    return this.#next >= this.#spans.length;
  }
}
