import type { Outline } from './outline.ts';

/** Of a frame. */
const SLICE_MS = 4;
/** Between two slices: a frame gets one, and the rest of it is for drawing. */
const PAUSE_MS = 12;

const now = (): number => performance.now();

/** Makes a large outline anew while the page goes on, and tells when there is one to show. */
class OutlinePump {
  readonly #outline: Outline;
  readonly #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(outline: Outline) {
    this.#outline = outline;
  }

  /** Tells when there is one, as long as somebody listens. Returns what ends that. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  }

  /** There may be something new. */
  ask(): void {
    const waitMs = this.#outline.waitMs(now());
    if (this.#timer !== undefined || this.#listeners.size === 0 || !Number.isFinite(waitMs)) return;
    this.#timer = setTimeout(() => this.#slice(), waitMs);
  }

  #slice(): void {
    if (!this.#outline.prepare(now() + SLICE_MS, now)) {
      this.#timer = setTimeout(() => this.#slice(), PAUSE_MS);
      return;
    }
    this.#timer = undefined;
    for (const listener of this.#listeners) listener();
  }
}

const pumps = new WeakMap<Outline, OutlinePump>();

/** One for each outline, however many views show it. */
export function pumpOf(outline: Outline): OutlinePump {
  let pump = pumps.get(outline);
  if (pump === undefined) {
    pump = new OutlinePump(outline);
    pumps.set(outline, pump);
  }
  return pump;
}
