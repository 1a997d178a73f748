import { encodeEvent, type TraceEvent, type TraceId } from '@spantail/protocol';

/** What was published, event for event, and how far each viewer has come in it. */
export class Ledger {
  readonly #published = new Map<TraceId, TraceEvent[]>();
  readonly #viewers: ViewerAccount[] = [];
  #waiting: (() => void)[] = [];

  publish(traceId: TraceId, event: TraceEvent): void {
    const events = this.#published.get(traceId);
    if (events === undefined) this.#published.set(traceId, [event]);
    else events.push(event);
  }

  published(traceId: TraceId): readonly TraceEvent[] {
    return this.#published.get(traceId) ?? [];
  }

  get publishedCount(): number {
    let count = 0;
    for (const events of this.#published.values()) count += events.length;
    return count;
  }

  get receivedCount(): number {
    return this.#viewers.reduce((sum, viewer) => sum + viewer.received, 0);
  }

  viewer(name: string, traceId: TraceId): ViewerAccount {
    const viewer = new ViewerAccount(name, traceId, this, () => this.#progress());
    this.#viewers.push(viewer);
    return viewer;
  }

  /** Published and not yet with the slowest viewer of this trace. */
  lag(traceId: TraceId): number {
    const viewers = this.#viewers.filter((viewer) => viewer.traceId === traceId);
    return this.published(traceId).length - Math.min(...viewers.map(({ received }) => received));
  }

  /** Resolves when a viewer has received something more. */
  progress(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** What is wrong; empty when every viewer had every event once, in order. */
  problems(): string[] {
    return this.#viewers.flatMap((viewer) => viewer.problems());
  }

  #progress(): void {
    for (const tell of this.#waiting.splice(0)) tell();
  }
}

/** One viewer's side of the ledger. */
export class ViewerAccount {
  readonly name: string;
  readonly traceId: TraceId;
  received = 0;
  readonly #ledger: Ledger;
  readonly #onProgress: () => void;
  readonly #wrong: string[] = [];

  constructor(name: string, traceId: TraceId, ledger: Ledger, onProgress: () => void) {
    this.name = name;
    this.traceId = traceId;
    this.#ledger = ledger;
    this.#onProgress = onProgress;
  }

  receive(event: TraceEvent): void {
    const index = this.received++;
    const expected = this.#ledger.published(this.traceId)[index];
    if (expected === undefined || !isSame(expected, event))
      this.complain(`at ${index}: got ${describe(event)}, published was ${describe(expected)}`);
    this.#onProgress();
  }

  complain(what: string): void {
    if (this.#wrong.length < 3) this.#wrong.push(`${this.name} of ${this.traceId} ${what}`);
  }

  problems(): string[] {
    const { length } = this.#ledger.published(this.traceId);
    if (this.received === length) return this.#wrong;
    return [
      ...this.#wrong,
      `${this.name} of ${this.traceId}: ${this.received} of ${length} events`,
    ];
  }
}

function isSame(a: TraceEvent, b: TraceEvent): boolean {
  return Buffer.compare(encodeEvent(a), encodeEvent(b)) === 0;
}

function describe(event: TraceEvent | undefined): string {
  if (event === undefined) return 'nothing';
  return `${event.type} ${event.spanId}${event.type === 'update' ? ` ${event.seq}` : ''}`;
}
