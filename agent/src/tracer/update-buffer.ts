import {
  truncate,
  type Payload,
  type SpanLog,
  type SpanType,
  type Attributes,
} from '@spantail/protocol';

/** What an open span has got since its last update. */
export interface SpanChange {
  outputDelta?: string;
  attributes?: Attributes;
  logs?: SpanLog[];
  name?: string;
  spanType?: SpanType;
  input?: Payload;
}

/** At most twenty updates a second for each span: more is more than an eye or a disk wants. */
const INTERVAL_MS = 50;
/** Longest text of one update; a longer one goes in several. */
const MOST_CHARACTERS = 32_768;

/**
 * Gathers a span's changes: the first goes at once, those that follow within the interval go
 * together. Text is never cut inside a surrogate pair, so that the pieces add up to it exactly.
 */
export class UpdateBuffer {
  readonly #emit: (change: SpanChange) => void;
  #waiting: SpanChange | undefined;
  #text = '';
  #timer: NodeJS.Timeout | undefined;
  #emittedAtMs = Number.NEGATIVE_INFINITY;

  constructor(emit: (change: SpanChange) => void) {
    this.#emit = emit;
  }

  append(text: string): void {
    this.#text += text;
    this.#waiting ??= {};
    this.#flushInTime();
  }

  add({ attributes, logs, ...rest }: Omit<SpanChange, 'outputDelta'>): void {
    const waiting = this.#waiting ?? {};
    this.#waiting = {
      ...waiting,
      ...rest,
      ...(attributes === undefined ? {} : { attributes: { ...waiting.attributes, ...attributes } }),
      ...(logs === undefined ? {} : { logs: [...(waiting.logs ?? []), ...logs] }),
    };
    this.#flushInTime();
  }

  /** Everything, now: the span ends. */
  end(): void {
    clearTimeout(this.#timer);
    this.#flush(true);
  }

  #flushInTime(): void {
    if (this.#text.length >= MOST_CHARACTERS) return this.#flush(false);
    if (this.#timer !== undefined) return;
    const waitMs = this.#emittedAtMs + INTERVAL_MS - performance.now();
    if (waitMs <= 0) return this.#flush(false);
    this.#timer = setTimeout(() => this.#flush(false), waitMs);
    // The agent's process may end; whoever wants the rest ends the span.
    this.#timer.unref();
  }

  #flush(isLast: boolean): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting === undefined) return;
    this.#emittedAtMs = performance.now();
    let change = this.#waiting;
    this.#waiting = undefined;
    do {
      const outputDelta = this.#takeText(isLast);
      if (outputDelta !== '') change.outputDelta = outputDelta;
      if (Object.keys(change).length > 0) this.#emit(change);
      change = {};
    } while (this.#text.length >= (isLast ? 1 : MOST_CHARACTERS));
    // Half a pair waits for its other half.
    if (this.#text !== '') this.#waiting = {};
  }

  #takeText(isLast: boolean): string {
    const text = this.#text;
    const end = text.length <= MOST_CHARACTERS ? text.length : MOST_CHARACTERS;
    const isWhole = isLast && end === text.length;
    const piece = isWhole ? text : truncate(`${text.slice(0, end)} `, end);
    this.#text = text.slice(piece.length);
    return piece;
  }
}
