import { BESIDE_SEQ, START_POSITION, decodeEvent, decodeEventArray } from '@spantail/protocol';
import type { EventLog, LogEntry, StreamName } from '../../../log/event-log.ts';

const READ = { maxEntries: 1_000, maxBytes: 4 * 1024 * 1024 };

/** The number that each span's next update has, as of one place in a trace's log. */
export class UpdateNumbers {
  readonly #log: EventLog;
  readonly #stream: StreamName;
  readonly #next = new Map<string, number>();
  #position = START_POSITION;

  constructor(log: EventLog, stream: StreamName) {
    this.#log = log;
    this.#stream = stream;
  }

  /** Newest entry that counts. */
  get position(): string {
    return this.#position;
  }

  /** Spans that are remembered. */
  get size(): number {
    return this.#next.size;
  }

  next(spanId: string): number {
    return this.#next.get(spanId) ?? 0;
  }

  /** An entry with these updates was appended directly behind {@link position}. */
  appended(position: string, nexts: ReadonlyMap<string, number>): void {
    this.#position = position;
    for (const [spanId, next] of nexts) this.#next.set(spanId, next);
  }

  /** Goes on to the log's newest entry; whether there was anything new. */
  async readOn(): Promise<boolean> {
    let isNew = false;
    for (;;) {
      const options = { after: this.#position, ...READ };
      const entries =
        this.#position === START_POSITION
          ? await this.#log.read(this.#stream, options)
          : await this.#log.readProven(this.#stream, options);
      if (entries === undefined) {
        // Another history: what is known of the old one says nothing.
        this.#next.clear();
        this.#position = START_POSITION;
        isNew = true;
        continue;
      }
      for (const entry of entries) this.#take(entry);
      const last = entries.at(-1);
      if (last === undefined) return isNew;
      this.#position = last.position;
      isNew = true;
    }
  }

  #take({ events }: LogEntry): void {
    for (const encoded of decodeEventArray(events)) {
      try {
        const event = decodeEvent(encoded);
        if (event.type === 'update' && event.seq < BESIDE_SEQ)
          this.#next.set(event.spanId, Math.max(this.next(event.spanId), event.seq + 1));
      } catch {
        // An event that nobody can read has no number.
      }
    }
  }
}
