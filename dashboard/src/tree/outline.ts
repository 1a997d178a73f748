import type { RunTree, SpanNode, TimeUs } from '@spantail/protocol';
import { ITSELF, OutlineColumns } from './outline-columns.ts';

/** After it was made, it rests for so many times what that took: a seventh of all time at most. */
const REST_FACTOR = 6;
/** What was taken over from before is read again when the run was quiet for so long. */
const READ_AGAIN_MS = 400;

interface Level {
  children: readonly SpanNode[];
  next: number;
  /** Of the parent; -1 above the roots. */
  index: number;
}

/**
 * A run's spans depth first, in columns: what the views need of the whole tree at each change, made
 * in one pass. Reading 50,000 spans' times costs more than walking them, so what was known of a
 * span that had ended is taken over as long as the run streams, and read again when it is quiet.
 */
export class Outline {
  readonly #tree: RunTree;
  readonly #stack: Level[] = [];
  #columns = new OutlineColumns();
  #before = new OutlineColumns();
  #version = -1;
  #revision = 0;
  #tookOver = false;
  #startUs: TimeUs | undefined;
  #newestUs: TimeUs | undefined;
  #newestOpen: SpanNode | undefined;
  #troubleCount = 0;
  #costMs = 0;
  #madeAtMs = Number.NEGATIVE_INFINITY;

  constructor(tree: RunTree) {
    this.#tree = tree;
  }

  /** Of the tree, when it was made. */
  get version(): number {
    return this.#version;
  }

  /** Grows each time it is made. What is derived from it holds only for one. */
  get revision(): number {
    return this.#revision;
  }

  /** Until it is made anew. */
  get columns(): Readonly<OutlineColumns> {
    return this.#columns;
  }

  get spans(): readonly SpanNode[] {
    return this.#columns.spans;
  }

  /** Earliest start. */
  get startUs(): TimeUs | undefined {
    return this.#startUs;
  }

  /** Latest start or end. */
  get newestUs(): TimeUs | undefined {
    return this.#newestUs;
  }

  /** The open span that started last. */
  get newestOpen(): SpanNode | undefined {
    return this.#newestOpen;
  }

  /** Spans that failed or were lost. */
  get troubleCount(): number {
    return this.#troubleCount;
  }

  indexOf(span: SpanNode): number {
    return this.#columns.spans.indexOf(span);
  }

  /** How long to wait before it is made anew; for ever when there is nothing new. */
  waitMs(nowMs: number): number {
    if (this.#version !== this.#tree.version)
      return Math.max(0, this.#madeAtMs + this.#costMs * REST_FACTOR - nowMs);
    if (!this.#tookOver) return Number.POSITIVE_INFINITY;
    return Math.max(0, this.#madeAtMs + READ_AGAIN_MS - nowMs);
  }

  /** Made anew, if there is something new and it is time for it. */
  refresh(now: () => number): void {
    const beganMs = now();
    if (this.waitMs(beganMs) > 0) return;
    this.#make(this.#version !== this.#tree.version);
    this.#madeAtMs = now();
    this.#costMs = this.#madeAtMs - beganMs;
  }

  #make(takeOver: boolean): void {
    const { roots, spanCount, version } = this.#tree;
    const before = this.#columns;
    const columns = this.#before;
    this.#before = before;
    this.#columns = columns;
    columns.reserve(spanCount);
    /** Where the walk stands in what was before: new spans stand between the old ones. */
    let old = 0;
    let count = 0;
    let depth = 0;
    this.#tookOver = false;
    this.#descend(0, roots, -1);
    while (depth >= 0) {
      const level = this.#stack[depth];
      const span = level?.children[level.next++];
      if (span === undefined) {
        if (level !== undefined && level.index >= 0) columns.ends[level.index] = count;
        depth--;
        continue;
      }
      columns.spans[count] = span;
      columns.depths[count] = depth;
      const known = before.spans[old] === span ? old++ : -1;
      if (takeOver && known >= 0 && !Number.isNaN(before.endsUs[known])) {
        columns.copy(count, before, known);
        this.#tookOver = true;
      } else columns.read(count, span);
      const { children } = span;
      if (children.length === 0) columns.ends[count] = count + 1;
      else this.#descend(++depth, children, count);
      count++;
    }
    columns.spans.length = count;
    columns.spreadTrouble();
    this.#version = version;
    this.#revision++;
    this.#measure(columns);
  }

  /** No recursion: depth is the agent's choice. Levels are used again. */
  #descend(depth: number, children: readonly SpanNode[], index: number): void {
    const level = this.#stack[depth];
    if (level === undefined) this.#stack[depth] = { children, next: 0, index };
    else {
      level.children = children;
      level.next = 0;
      level.index = index;
    }
  }

  #measure({ spans, startsUs, endsUs, trouble }: OutlineColumns): void {
    let earliest = Number.POSITIVE_INFINITY;
    let latest = Number.NEGATIVE_INFINITY;
    let newestOpenUs = Number.NEGATIVE_INFINITY;
    let newestOpen = -1;
    let troubleCount = 0;
    for (let i = 0; i < spans.length; i++) {
      const startUs = startsUs[i] ?? Number.NaN;
      const endUs = endsUs[i] ?? Number.NaN;
      if (trouble[i] === ITSELF) troubleCount++;
      if (startUs < earliest) earliest = startUs;
      if (startUs > latest) latest = startUs;
      if (endUs > latest) latest = endUs;
      if (startUs >= newestOpenUs && Number.isNaN(endUs)) {
        newestOpenUs = startUs;
        newestOpen = i;
      }
    }
    this.#troubleCount = troubleCount;
    this.#startUs = Number.isFinite(earliest) ? earliest : undefined;
    this.#newestUs = Number.isFinite(latest) ? latest : undefined;
    this.#newestOpen = newestOpen < 0 ? undefined : spans[newestOpen];
  }
}

const outlines = new WeakMap<RunTree, Outline>();

/** One for each tree, whoever asks. */
export function outlineOf(tree: RunTree): Outline {
  let outline = outlines.get(tree);
  if (outline === undefined) {
    outline = new Outline(tree);
    outlines.set(tree, outline);
  }
  return outline;
}
