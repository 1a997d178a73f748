import type { Dropped, TraceEvent } from '../event/event.ts';
import type { SpanId, TraceId } from '../ids.ts';
import { Forest } from './forest.ts';
import type { SpanNode } from './span-node.ts';
import { SpanRecord } from './span-record.ts';
import type { Undo } from './undo.ts';

export interface RunTreeOptions {
  /**
   * Remembers with each event how it is taken back, for {@link RunTree.rewind}: some 90 bytes an
   * event. Default `false`: most trees only grow.
   */
  undo?: boolean;
}

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
  readonly #forest = new Forest();
  /** One for each applied event; `undefined` for one that changed nothing. */
  readonly #journal: (Undo | undefined)[] | undefined;
  #dropped: Readonly<Required<Dropped>> = { events: 0, updates: 0, payloads: 0 };
  #openCount = 0;
  #errorCount = 0;
  #opens = 0;
  #version = 0;

  constructor(traceId: TraceId, { undo = false }: RunTreeOptions = {}) {
    this.traceId = traceId;
    this.#journal = undo ? [] : undefined;
  }

  apply(event: TraceEvent): void {
    const known = this.#forest.find(event.spanId);
    const record = known ?? new SpanRecord(event.spanId);
    const before = known === undefined ? NOTHING : counts(record);
    const { parentSpanId: oldParent, startUs: oldStart, highestSeq } = record;
    const { dropped } = this;
    const { changed, replaced } = record.take(event);
    if (!changed) {
      this.#journal?.push(undefined);
      return;
    }
    this.#version++;
    this.#recount(before, counts(record));
    this.#count(event.dropped, 1);
    this.#count(replaced?.dropped, -1);
    if (event.type === 'open' && record.openedAt === Number.POSITIVE_INFINITY)
      record.openedAt = this.#opens++;
    let wasAwaited = false;
    if (known === undefined) wasAwaited = this.#forest.add(record);
    else if (record.parentSpanId !== oldParent || record.startUs !== oldStart)
      this.#forest.moved(record);
    this.#journal?.push({
      record,
      event,
      replaced,
      isNew: known === undefined,
      highestSeq,
      wasAwaited,
      dropped,
    });
  }

  /**
   * Takes back the events applied last, also those that changed nothing: the tree is as it was before
   * them, but for {@link RunTree.version}, which grows. Each costs less than applying it did. A span
   * whose first event is taken back is in the tree no more; should it come again, it is another object.
   *
   * @throws RangeError when fewer were applied, or the tree was made without `undo`
   */
  rewind(events: number): void {
    const journal = this.#journal ?? [];
    if (events > journal.length)
      throw new RangeError(
        `${events} events cannot be taken back, only ${journal.length}` +
          (this.#journal === undefined ? ': the tree was made without `undo`' : ''),
      );
    for (let left = events; left > 0; left--) {
      const undo = journal.pop();
      if (undo !== undefined) this.#takeBack(undo);
    }
  }

  /** Spans without a known parent, by start. */
  get roots(): readonly SpanNode[] {
    return this.#forest.roots;
  }

  get(spanId: SpanId): SpanNode | undefined {
    return this.#forest.get(spanId);
  }

  /** Spans of which anything is known. */
  get spanCount(): number {
    return this.#forest.size;
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

  /** Grows with every event that changed something, and with every such event taken back. */
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

  #takeBack(undo: Undo): void {
    const { record } = undo;
    const before = counts(record);
    this.#version++;
    this.#dropped = undo.dropped;
    if (undo.isNew) {
      // The record stays as it is: whoever still shows it shows it as it began.
      this.#forest.remove(record, undo.wasAwaited);
      this.#recount(before, NOTHING);
      return;
    }
    const { parentSpanId, startUs } = record;
    record.takeBack(undo);
    this.#recount(before, counts(record));
    if (record.parentSpanId !== parentSpanId || record.startUs !== startUs)
      this.#forest.moved(record);
  }

  #recount(before: Counts, after: Counts): void {
    this.#openCount += after.open - before.open;
    this.#errorCount += after.error - before.error;
  }

  #count(dropped: Dropped | undefined, sign: 1 | -1): void {
    if (dropped === undefined) return;
    const { events, updates, payloads } = this.#dropped;
    this.#dropped = {
      events: events + sign * (dropped.events ?? 0),
      updates: updates + sign * (dropped.updates ?? 0),
      payloads: payloads + sign * (dropped.payloads ?? 0),
    };
  }
}

interface Counts {
  open: number;
  error: number;
}

const NOTHING: Counts = { open: 0, error: 0 };

function counts(record: SpanRecord): Counts {
  const { state, status } = record;
  return {
    open: state === 'open' || state === 'unknown' ? 1 : 0,
    error: status === 'error' ? 1 : 0,
  };
}
