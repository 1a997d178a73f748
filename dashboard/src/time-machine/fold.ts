import type { WatchedTree } from '@spantail/client';
import { RunTree } from '@spantail/client';
import type { TraceId } from '@spantail/protocol';
import type { RunLog } from './run-log.ts';

/** Events folded between two looks at the clock. */
const BATCH = 64;

interface Part {
  tree: RunTree;
  /** Events that are in it. */
  index: number;
}

/**
 * The tree of a log's first n events, for an n that moves. Forward the tree grows in place;
 * backward another one is folded from the beginning, and takes the old one's place when it is there.
 */
export class Fold {
  readonly #traceId: TraceId;
  readonly #log: RunLog;
  #shown: Part;
  #building: Part | undefined;
  #target = 0;

  constructor(traceId: TraceId, log: RunLog) {
    this.#traceId = traceId;
    this.#log = log;
    this.#shown = this.#empty();
  }

  get tree(): WatchedTree {
    // Every event of the log was decoded with its payloads loadable.
    return this.#shown.tree as unknown as WatchedTree;
  }

  /** Events in {@link Fold.tree}. */
  get index(): number {
    return this.#shown.index;
  }

  get target(): number {
    return this.#target;
  }

  get settled(): boolean {
    return this.#shown.index === this.#target;
  }

  seek(target: number): void {
    this.#target = target;
    if (target >= this.#shown.index) this.#building = undefined;
    else if (this.#building === undefined || this.#building.index > target)
      this.#building = this.#empty();
  }

  /** Forgets everything, for a log that begins anew. */
  clear(): void {
    this.#shown = this.#empty();
    this.#building = undefined;
    this.#target = 0;
  }

  /** Folds for so long at most. */
  work(budgetMs: number): void {
    const part = this.#building ?? this.#shown;
    const endMs = performance.now() + budgetMs;
    while (part.index < this.#target) {
      const until = Math.min(this.#target, part.index + BATCH);
      while (part.index < until) {
        const event = this.#log.event(part.index++);
        if (event !== undefined) part.tree.apply(event);
      }
      if (performance.now() >= endMs) break;
    }
    if (part === this.#building && part.index === this.#target) {
      this.#shown = part;
      this.#building = undefined;
    }
  }

  #empty(): Part {
    return { tree: new RunTree(this.#traceId), index: 0 };
  }
}
