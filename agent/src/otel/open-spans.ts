import type { SpanState } from './span-state.ts';

export interface OpenSpansOptions {
  /** Between two looks at a span that changes. */
  intervalMs: number;
  /** Called for a span that has changed. */
  onChange: (state: SpanState) => void;
}

/** A quiet span is looked at ever more rarely, down to once in this many intervals. */
const MOST_QUIET_INTERVALS = 8;
/** One look may take the agent's event loop this long; the rest comes with the next one. */
const MOST_LOOK_MS = 10;
/** Spans looked after. Programs that never end theirs must not fill the memory. */
const MOST_SPANS = 20_000;

/**
 * Spans that have not ended. OpenTelemetry says when a span begins and ends but not when it changes,
 * so they are looked at from time to time.
 */
export class OpenSpans {
  readonly #options: OpenSpansOptions;
  /** By span id, the one that was published longest ago first. */
  readonly #spans = new Map<string, SpanState>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: OpenSpansOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#spans.size;
  }

  add(spanId: string, state: SpanState): void {
    this.#spans.set(spanId, state);
    if (this.#spans.size > MOST_SPANS)
      for (const [oldest] of this.#spans) {
        this.#spans.delete(oldest);
        break;
      }
    // Does not keep the agent's process alive.
    this.#timer ??= setInterval(() => this.#look(), this.#options.intervalMs).unref();
  }

  /** The span has ended. */
  take(spanId: string): SpanState | undefined {
    const state = this.#spans.get(spanId);
    if (state !== undefined) this.#spans.delete(spanId);
    return state;
  }

  /** Looks at all of them now. */
  lookAtAll(): void {
    for (const state of this.#spans.values())
      if (state.revision > 0 && state.hasChanged(state.span)) this.#options.onChange(state);
  }

  /** Looks no more. */
  clear(): void {
    this.#spans.clear();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    if (this.#spans.size === 0) return this.clear();
    const { intervalMs, onChange } = this.#options;
    const nowMs = performance.now();
    for (const [spanId, state] of this.#spans) {
      if (state.dueMs > nowMs || state.revision === 0) continue;
      if (!state.hasChanged(state.span)) {
        state.waitMs = Math.min(2 * state.waitMs + intervalMs, MOST_QUIET_INTERVALS * intervalMs);
        state.dueMs = nowMs + state.waitMs;
        continue;
      }
      state.waitMs = 0;
      onChange(state);
      // Behind the others, so that none is left out for ever when there is no time for all.
      this.#spans.delete(spanId);
      this.#spans.set(spanId, state);
      if (performance.now() - nowMs > MOST_LOOK_MS) return;
    }
  }
}
