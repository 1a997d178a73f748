import type { WatchedTree } from '@spantail/client';
import { RunTree } from '@spantail/client';
import type { TraceId } from '@spantail/protocol';
import { MomentTree } from './moment-tree.ts';
import type { RunLog } from './run-log.ts';

/** Events between two looks at the clock. */
const BATCH = 64;
/** Taking an event back costs so much of applying it. */
const BACK_COST = 0.5;

interface Part {
  tree: RunTree;
  /** Events that are in it. */
  index: number;
  /** The tree as views see it. */
  seen: MomentTree;
}

/**
 * The tree of a log's first n events, for an n that moves: forward from where it is, back from there,
 * or folded from the beginning, whichever is the shortest way. One that is folded from the beginning
 * takes the old one's place when it is there.
 */
export class Fold {
  readonly #traceId: TraceId;
  readonly #log: RunLog;
  #shown: Part;
  #building: Part | undefined;
  #target = 0;
  /** Views are to begin anew when it is there. */
  #isJump = false;

  constructor(traceId: TraceId, log: RunLog) {
    this.#traceId = traceId;
    this.#log = log;
    this.#shown = this.#empty();
  }

  /** Another object after each {@link Fold.seek}. */
  get tree(): WatchedTree {
    // Every event of the log was decoded with its payloads loadable.
    return this.#shown.seen as unknown as WatchedTree;
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

  /** Goes anywhere. */
  seek(target: number): void {
    this.#target = target;
    this.#isJump = true;
    const fromShown = costOf(this.#shown.index, target);
    const fromBuilding =
      this.#building === undefined
        ? Number.POSITIVE_INFINITY
        : costOf(this.#building.index, target);
    const least = Math.min(fromShown, fromBuilding, costOf(0, target));
    if (least === fromShown) this.#building = undefined;
    else if (least !== fromBuilding) this.#building = this.#empty();
  }

  /** Goes forward, and views see the tree grow. */
  advance(target: number): void {
    if (target > this.#target) this.#target = target;
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
    while (part.index !== this.#target) {
      this.#step(part);
      if (performance.now() >= endMs) break;
    }
    if (part.index !== this.#target) return;
    if (this.#isJump) part.seen = new MomentTree(part.tree);
    this.#isJump = false;
    this.#shown = part;
    this.#building = undefined;
  }

  #step(part: Part): void {
    const left = this.#target - part.index;
    if (left < 0) {
      const events = Math.min(BATCH, -left);
      part.tree.rewind(events);
      part.index -= events;
      return;
    }
    const until = part.index + Math.min(BATCH, left);
    while (part.index < until) {
      const event = this.#log.event(part.index++);
      if (event !== undefined) part.tree.apply(event);
    }
  }

  #empty(): Part {
    const tree = new RunTree(this.#traceId, { undo: true });
    return { tree, index: 0, seen: new MomentTree(tree) };
  }
}

function costOf(from: number, to: number): number {
  return to >= from ? to - from : (from - to) * BACK_COST;
}
