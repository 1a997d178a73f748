import type { RunTree, SpanNode, TimeUs } from '@spantail/protocol';
import { ITSELF, OutlineColumns } from './outline-columns.ts';
import { OutlineWalk, type Level } from './outline-walk.ts';

/** After it was made, it rests for so many times what that took: a seventh of all time at most. */
const REST_FACTOR = 6;
/** What was taken over from before is read again when the run was quiet for so long. */
const READ_AGAIN_MS = 400;
/** Up to so many spans it is made in one go: that takes less than a frame. */
const MOST_AT_ONCE = 2_000;
/** Begun anew so often because of what came in between, it is made in one go. */
const MOST_BEGUN = 4;

/**
 * A run's spans depth first, in columns: what the views need of the whole tree at each change, made
 * in one pass. Reading 50,000 spans' times costs more than walking them, so what was known of a
 * span that had ended is taken over as long as the run streams, and read again when it is quiet.
 *
 * A large one is made aside, a slice at a time, and shown when it is whole.
 */
export class Outline {
  readonly #tree: RunTree;
  readonly #levels: Level[] = [];
  #columns = new OutlineColumns();
  #aside = new OutlineColumns();
  #walk: OutlineWalk | undefined;
  /** Of the walk, with those that it was begun anew for. */
  #begun = 0;
  #walkMs = 0;
  #version = -1;
  #revision = 0;
  #tookOver = false;
  #startUs: TimeUs | undefined;
  #newestUs: TimeUs | undefined;
  #newestOpen: SpanNode | undefined;
  #newestStarted: SpanNode | undefined;
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

  /**
   * What the run does, or did last: the open span that started last when nothing stands below it,
   * else whatever started last. An agent that hangs between two steps is seen at the first of them.
   */
  get newest(): SpanNode | undefined {
    const open = this.#newestOpen;
    return open !== undefined && open.children.length === 0 ? open : this.#newestStarted;
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

  /** Too large to be made in one go: {@link prepare} makes it. */
  get isLarge(): boolean {
    return this.#revision > 0 && this.#tree.spanCount > MOST_AT_ONCE;
  }

  /** Shows what is new, if it is time for it; of a large one, what {@link prepare} made. */
  refresh(now: () => number): void {
    if (!this.isLarge && this.waitMs(now()) <= 0) this.prepare(Number.POSITIVE_INFINITY, now);
    const walk = this.#walk;
    if (walk?.isDone !== true) return;
    [this.#columns, this.#aside] = [this.#aside, this.#columns];
    this.#version = walk.version;
    this.#tookOver = walk.tookOver;
    this.#revision++;
    this.#measure(this.#columns);
    this.#madeAtMs = now();
    this.#costMs = this.#walkMs;
    this.#walk = undefined;
    this.#begun = 0;
    this.#walkMs = 0;
  }

  /** Makes it anew until that time at most. Whether there is one to show. */
  prepare(untilMs: number, now: () => number): boolean {
    const beganMs = now();
    if (this.#walk?.holds() !== true) {
      const before = this.#version === this.#tree.version ? undefined : this.#columns;
      this.#walk = new OutlineWalk(this.#tree, this.#levels, this.#aside, before);
      this.#begun++;
    }
    const endMs = this.#begun > MOST_BEGUN ? Number.POSITIVE_INFINITY : untilMs;
    let nowMs = beganMs;
    while (!this.#walk.isDone && nowMs < endMs) {
      this.#walk.step();
      nowMs = now();
    }
    this.#walkMs += nowMs - beganMs;
    return this.#walk.isDone;
  }

  #measure({ spans, startsUs, endsUs, trouble }: OutlineColumns): void {
    let earliest = Number.POSITIVE_INFINITY;
    let latest = Number.NEGATIVE_INFINITY;
    let newestOpenUs = Number.NEGATIVE_INFINITY;
    let newestStartUs = Number.NEGATIVE_INFINITY;
    let newestOpen = -1;
    let newestStarted = -1;
    let troubleCount = 0;
    for (let i = 0; i < spans.length; i++) {
      const startUs = startsUs[i] ?? Number.NaN;
      const endUs = endsUs[i] ?? Number.NaN;
      if (trouble[i] === ITSELF) troubleCount++;
      if (startUs < earliest) earliest = startUs;
      if (startUs > latest) latest = startUs;
      if (startUs >= newestStartUs) {
        newestStartUs = startUs;
        newestStarted = i;
      }
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
    this.#newestStarted = newestStarted < 0 ? undefined : spans[newestStarted];
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
