import type { SpanId } from '../ids.ts';
import { linkAll } from './link.ts';
import { bySiblingOrder, type SpanRecord } from './span-record.ts';

/**
 * Which spans there are, and where each hangs. A new leaf of a known parent, the usual case, is hung
 * in place, and taken off again; anything else is placed when the roots are next read.
 */
export class Forest {
  readonly #records = new Map<SpanId, SpanRecord>();
  /** Parents that were named and not seen; maybe some that are named no more. */
  readonly #awaited = new Set<SpanId>();
  #roots: SpanRecord[] = [];
  #rootsSorted = true;
  #linked = true;

  /** Spans without a known parent, by start. */
  get roots(): readonly SpanRecord[] {
    this.#link();
    if (!this.#rootsSorted) {
      this.#roots.sort(bySiblingOrder);
      this.#rootsSorted = true;
    }
    return this.#roots;
  }

  get size(): number {
    return this.#records.size;
  }

  /** Hung where it belongs, with all below it. */
  get(spanId: SpanId): SpanRecord | undefined {
    this.#link();
    return this.#records.get(spanId);
  }

  /** Wherever it hangs: that may not be decided yet. */
  find(spanId: SpanId): SpanRecord | undefined {
    return this.#records.get(spanId);
  }

  /** Takes in a record that is new and has its first event. Answers whether others had named it. */
  add(record: SpanRecord): boolean {
    const { parentSpanId, spanId } = record;
    this.#records.set(spanId, record);
    const parent = parentSpanId === undefined ? undefined : this.#records.get(parentSpanId);
    if (parentSpanId !== undefined && parent === undefined) this.#awaited.add(parentSpanId);
    const wasAwaited = this.#awaited.delete(spanId);
    const isOdd = parentSpanId !== undefined && (parent === undefined || parent === record);
    if (!this.#linked || wasAwaited || isOdd) {
      this.#linked = false;
      return wasAwaited;
    }
    if (parent === undefined) {
      this.#roots.push(record);
      this.#rootsSorted = false;
    } else {
      const last = parent.childRecords.at(-1);
      parent.childRecords.push(record);
      // Mostly it started last: sorting thousands for each that comes is not free.
      if (last !== undefined && bySiblingOrder(last, record) > 0) parent.childrenSorted = false;
    }
    return wasAwaited;
  }

  /** Undoes {@link Forest.add}, with the record as that left it. */
  remove(record: SpanRecord, wasAwaited: boolean): void {
    const { parentSpanId, spanId } = record;
    this.#records.delete(spanId);
    if (wasAwaited) {
      this.#awaited.add(spanId);
      // Those that named it are orphans again.
      this.#linked = false;
    }
    // A leaf else, below its parent or among the roots.
    if (!this.#linked) return;
    const parent = parentSpanId === undefined ? undefined : this.#records.get(parentSpanId);
    takeOut(parent?.childRecords ?? this.#roots, record);
  }

  /** A record has another parent or another start now. */
  moved({ parentSpanId }: SpanRecord): void {
    this.#linked = false;
    if (parentSpanId !== undefined && !this.#records.has(parentSpanId))
      this.#awaited.add(parentSpanId);
  }

  #link(): void {
    if (this.#linked) return;
    this.#roots = linkAll(this.#records);
    this.#linked = true;
    this.#rootsSorted = false;
  }
}

/** What came last mostly stands last. */
function takeOut(records: SpanRecord[], record: SpanRecord): void {
  if (records.at(-1) === record) records.pop();
  else records.splice(records.lastIndexOf(record), 1);
}
