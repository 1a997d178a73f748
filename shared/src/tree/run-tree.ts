import type { Dropped, TraceEvent } from '../event/event.ts';
import type { SpanId, TraceId } from '../ids.ts';
import { linkAll } from './link.ts';
import type { SpanNode } from './span-node.ts';
import { SpanRecord, bySiblingOrder } from './span-record.ts';

/**
 * Folds a trace's events into its span tree. Events may come in any order and more than once:
 * the tree depends on which events there are, not on how they came. (Only siblings with equal
 * starts keep the order in which their opens were applied.)
 *
 * Applying an event costs about the same however large the tree is; what an event of a known kind
 * in the usual order cannot place at once is placed when the tree is next read.
 */
export class RunTree {
  readonly traceId: TraceId;
  readonly #records = new Map<SpanId, SpanRecord>();
  readonly #dropped = { events: 0, updates: 0, payloads: 0 };
  /** Parents that were named and not seen. */
  readonly #awaited = new Set<SpanId>();
  #roots: SpanRecord[] = [];
  #rootsSorted = true;
  #linked = true;
  #openCount = 0;
  #errorCount = 0;
  #opens = 0;
  #version = 0;

  constructor(traceId: TraceId) {
    this.traceId = traceId;
  }

  apply(event: TraceEvent): void {
    let record = this.#records.get(event.spanId);
    const isNew = record === undefined;
    if (record === undefined) {
      record = new SpanRecord(event.spanId);
      this.#records.set(event.spanId, record);
    }
    const before = isNew ? { open: 0, error: 0 } : counts(record);
    const { parentSpanId: oldParent, startUs: oldStart } = record;
    const { changed, added, removed } = record.take(event);
    if (!changed) return;
    this.#version++;
    const after = counts(record);
    this.#openCount += after.open - before.open;
    this.#errorCount += after.error - before.error;
    this.#count(added, 1);
    this.#count(removed, -1);
    if (event.type === 'open' && record.openedAt === Number.POSITIVE_INFINITY)
      record.openedAt = this.#opens++;
    if (isNew) this.#place(record);
    else if (record.parentSpanId !== oldParent || record.startUs !== oldStart) {
      this.#linked = false;
      if (record.parentSpanId !== undefined && !this.#records.has(record.parentSpanId))
        this.#awaited.add(record.parentSpanId);
    }
  }

  /** Spans without a known parent, by start. */
  get roots(): readonly SpanNode[] {
    if (!this.#linked) {
      this.#roots = linkAll(this.#records);
      this.#linked = true;
      this.#rootsSorted = false;
    }
    if (!this.#rootsSorted) {
      this.#roots.sort(bySiblingOrder);
      this.#rootsSorted = true;
    }
    return this.#roots;
  }

  get(spanId: SpanId): SpanNode | undefined {
    if (!this.#linked) void this.roots;
    return this.#records.get(spanId);
  }

  /** Spans of which anything is known. */
  get spanCount(): number {
    return this.#records.size;
  }

  /** Spans that have not ended. */
  get openCount(): number {
    return this.#openCount;
  }

  /** Spans that ended with status `error`. */
  get errorCount(): number {
    return this.#errorCount;
  }

  /** What publishers said they had to drop, in all. */
  get dropped(): Readonly<Required<Dropped>> {
    return this.#dropped;
  }

  /** Grows with every event that changed something. */
  get version(): number {
    return this.#version;
  }

  /** Every span, depth first, parents before children. No recursion: depth is the agent's choice. */
  *walk(): Generator<{ span: SpanNode; depth: number }> {
    const stack = this.roots.map((span) => ({ span, depth: 0 })).reverse();
    for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
      yield step;
      const { children } = step.span;
      for (let i = children.length - 1; i >= 0; i--) {
        const span = children[i];
        if (span !== undefined) stack.push({ span, depth: step.depth + 1 });
      }
    }
  }

  /** The usual case, a new leaf of a known parent, in place; anything else at the next read. */
  #place(record: SpanRecord): void {
    const { parentSpanId, spanId } = record;
    const parent = parentSpanId === undefined ? undefined : this.#records.get(parentSpanId);
    if (parentSpanId !== undefined && parent === undefined) this.#awaited.add(parentSpanId);
    const isAwaited = this.#awaited.delete(spanId);
    const odd = parentSpanId !== undefined && (parent === undefined || parent === record);
    if (!this.#linked || isAwaited || odd) {
      this.#linked = false;
      return;
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
  }

  #count(dropped: Dropped | undefined, sign: 1 | -1): void {
    if (dropped === undefined) return;
    this.#dropped.events += sign * (dropped.events ?? 0);
    this.#dropped.updates += sign * (dropped.updates ?? 0);
    this.#dropped.payloads += sign * (dropped.payloads ?? 0);
  }
}

function counts(record: SpanRecord): { open: number; error: number } {
  const { state, status } = record;
  return {
    open: state === 'open' || state === 'unknown' ? 1 : 0,
    error: status === 'error' ? 1 : 0,
  };
}
