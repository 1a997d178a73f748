import type { SpanNode } from '@spantail/protocol';
import type { Placed } from './place-spans.ts';

/**
 * Which of the placed spans are shown in `most` rows, as a flag for each. Where spans are left out
 * between shown ones, one row says so and counts too. A few passes over the spans; everything else
 * is bounded by the screen.
 */
export function chooseSpans(placed: readonly Placed[], most: number): Uint8Array {
  const screen = new Screen(placed.length, most);
  for (const index of bestRanked(placed, most)) {
    const path = hiddenPath(placed, index, screen, most);
    // A way that is too long for the screen is left out: what happens counts more than where.
    if (!screen.show(path) && !screen.show([index])) break;
  }
  screen.fillHoles();
  return screen.shown;
}

/** Rows in use, kept current as spans are shown. */
class Screen {
  readonly shown: Uint8Array;
  readonly #most: number;
  #rows: number;

  constructor(spans: number, most: number) {
    this.shown = new Uint8Array(spans);
    this.#most = most;
    this.#rows = spans === 0 ? 0 : 1;
  }

  /** Shows them all, or none when they do not fit. */
  show(indexes: readonly number[]): boolean {
    const before = this.#rows;
    const added = indexes.filter((index) => this.shown[index] === 0);
    for (const index of added) {
      this.#rows += this.#cost(index);
      this.shown[index] = 1;
    }
    if (this.#rows <= this.#most) return true;
    for (const index of added) this.shown[index] = 0;
    this.#rows = before;
    return false;
  }

  /** "1 more" takes the same row as the one. */
  fillHoles(): void {
    for (let index = 0; index < this.shown.length; index++)
      if (this.shown[index] === 0 && this.#cost(index) === 0) this.shown[index] = 1;
  }

  /** Its own row, and what becomes of the row that stood for the hidden ones around it. */
  #cost(index: number): number {
    return 1 + this.#hidden(index - 1) + this.#hidden(index + 1) - 1;
  }

  #hidden(index: number): number {
    return this.shown[index] === 0 ? 1 : 0;
  }
}

/** The span and those of its ancestors that are hidden; more than fit are not looked for. */
function hiddenPath(
  placed: readonly Placed[],
  index: number,
  { shown }: Screen,
  most: number,
): number[] {
  const path: number[] = [];
  for (let at = index; at >= 0 && path.length <= most; at = placed[at]?.parent ?? -1)
    if (shown[at] === 0) path.push(at);
  return path;
}

/** The `most` highest ranked, highest first. */
function bestRanked(placed: readonly Placed[], most: number): number[] {
  const ranks = Float64Array.from(placed, ({ span }) => rank(span));
  const threshold = ranks.toSorted()[Math.max(0, ranks.length - most)] ?? 0;
  const best: number[] = [];
  for (let index = 0; index < ranks.length; index++)
    if ((ranks[index] ?? 0) >= threshold) best.push(index);
  return best.sort((a, b) => (ranks[b] ?? 0) - (ranks[a] ?? 0) || b - a).slice(0, most);
}

/** Above every time, and with room for any time behind it. */
const RUNNING = 2 ** 52;
/** A failure stays in sight about ten seconds longer than a success of the same age. */
const FAILURE_US = 10_000_000;

/** What runs counts most, and of that what began last: ancestors come along anyway. */
function rank({ state, status, startUs = 0, endUs = 0 }: SpanNode): number {
  if (state === 'open' || state === 'unknown') return RUNNING + startUs;
  const failed = status === 'error' || state === 'lost';
  return Math.min(RUNNING - 1, endUs + (failed ? FAILURE_US : 0));
}
