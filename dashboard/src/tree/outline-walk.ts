import type { RunTree, SpanNode } from '@spantail/protocol';
import type { OutlineColumns } from './outline-columns.ts';

/** So many take a small part of a millisecond. */
const SPANS_A_STEP = 256;

/** Where a walk stands among the children of one span. */
export interface Level {
  children: readonly SpanNode[];
  next: number;
  /** The child before `next`. */
  last: SpanNode | undefined;
  /** Of the parent; -1 above the roots. */
  index: number;
}

/**
 * Writes a tree into columns, some spans at a time, while the tree may grow: what comes behind where
 * it stands is in it, what comes before is for the next one.
 */
export class OutlineWalk {
  /** Of the tree, when it began. */
  readonly version: number;
  readonly #tree: RunTree;
  readonly #levels: Level[];
  readonly #columns: OutlineColumns;
  readonly #before: Readonly<OutlineColumns> | undefined;
  #depth = 0;
  #count = 0;
  /** Where it stands in what was before: new spans stand between the old ones. */
  #old = 0;
  #tookOver = false;

  /**
   * @param levels used again by the next walk
   * @param before what is taken over for spans that had ended; `undefined`: all is read
   */
  constructor(
    tree: RunTree,
    levels: Level[],
    columns: OutlineColumns,
    before: Readonly<OutlineColumns> | undefined,
  ) {
    const { roots, version } = tree;
    this.#tree = tree;
    this.#levels = levels;
    this.#columns = columns;
    this.#before = before;
    this.version = version;
    this.#descend(0, roots, -1);
  }

  get isDone(): boolean {
    return this.#depth < 0;
  }

  /** Something was taken over. */
  get tookOver(): boolean {
    return this.#tookOver;
  }

  /** It can go on: children that came stand behind where it is. Else it has to begin anew. */
  holds(): boolean {
    for (let depth = 0; depth <= this.#depth; depth++) {
      const level = this.#levels[depth];
      if (level === undefined) return false;
      const { children, next, last, index } = level;
      const now = index < 0 ? this.#tree.roots : this.#columns.spans[index]?.children;
      if (now !== children || (next > 0 && now[next - 1] !== last)) return false;
    }
    return true;
  }

  step(): void {
    const columns = this.#columns;
    const before = this.#before;
    columns.reserve(this.#tree.spanCount);
    const until = this.#count + SPANS_A_STEP;
    while (this.#depth >= 0 && this.#count < until) {
      const level = this.#levels[this.#depth];
      const span = level?.children[level.next];
      if (level === undefined || span === undefined) {
        if (level !== undefined && level.index >= 0) columns.ends[level.index] = this.#count;
        this.#depth--;
        continue;
      }
      level.next++;
      level.last = span;
      const at = this.#count++;
      columns.spans[at] = span;
      columns.depths[at] = this.#depth;
      this.#read(at, span, before);
      const { children } = span;
      if (children.length === 0) columns.ends[at] = this.#count;
      else this.#descend(++this.#depth, children, at);
    }
    if (this.#depth >= 0) return;
    columns.spans.length = this.#count;
    columns.spreadTrouble();
  }

  #read(at: number, span: SpanNode, before: Readonly<OutlineColumns> | undefined): void {
    const known = before?.spans[this.#old] === span ? this.#old++ : -1;
    if (before !== undefined && known >= 0 && !Number.isNaN(before.endsUs[known])) {
      this.#columns.copy(at, before, known);
      this.#tookOver = true;
    } else this.#columns.read(at, span);
  }

  /** No recursion: depth is the agent's choice. Levels are used again. */
  #descend(depth: number, children: readonly SpanNode[], index: number): void {
    const level = this.#levels[depth];
    if (level === undefined) this.#levels[depth] = { children, next: 0, last: undefined, index };
    else {
      level.children = children;
      level.next = 0;
      level.last = undefined;
      level.index = index;
    }
  }
}
