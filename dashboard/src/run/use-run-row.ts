import type { WatchedTree } from '@spantail/client';
import { RunSurvey, surveyedRow, type RunRow, type RunTree } from '@spantail/protocol';
import { useEffect, useState } from 'react';
import { facts } from './facts-cache.ts';
import type { RunSource } from './run-source.ts';

/** Of one frame. */
const SLICE_MS = 6;
/** Between two counts of a small run; of a large one, so many times what the last one took. */
const REST_MS = 100;
const REST_FACTOR = 40;

/**
 * A run's summary as the list of runs has it, from its tree alone: tokens, cost, models, agent. It
 * follows the tree at some distance, so that summing a large run does not hold up its drawing.
 */
export function useRunRow({ tree, version, status }: RunSource): RunRow | undefined {
  const [made, setMade] = useState<{ row: RunRow; tree: WatchedTree }>();
  useEffect(() => {
    // Half of a run has half of its tokens: nothing is better than that.
    if (tree === undefined || tree.spanCount === 0 || status === 'catching-up') return;
    summaryOf(tree).ask((row) => setMade({ row, tree }));
  }, [tree, version, status]);
  useEffect(() => {
    if (tree === undefined) return undefined;
    // A time machine that goes back shows one tree after the other.
    return () => summaryOf(tree).rest();
  }, [tree]);
  return made?.tree === tree ? made?.row : undefined;
}

/** Counts one tree again and again, in slices, never twice at once. */
class Summary {
  readonly #tree: WatchedTree;
  #show: (row: RunRow) => void = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;
  #walk: ReturnType<WatchedTree['walk']> | undefined;
  #survey = new RunSurvey(facts.of);
  #shownVersion = -1;
  #beganVersion = -1;
  #costMs = 0;

  constructor(tree: WatchedTree) {
    this.#tree = tree;
  }

  ask(show: (row: RunRow) => void): void {
    this.#show = show;
    if (this.#shownVersion < 0) this.#later(0);
    else this.#later(Math.max(REST_MS, this.#costMs * REST_FACTOR));
  }

  /** Nobody looks at it; what was begun is begun anew. */
  rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#walk = undefined;
  }

  #later(delayMs: number): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#step();
    }, delayMs);
  }

  #step(): void {
    const beganMs = performance.now();
    if (this.#walk === undefined) {
      this.#walk = this.#tree.walk();
      this.#survey = new RunSurvey(facts.of);
      this.#beganVersion = this.#tree.version;
      this.#costMs = 0;
    }
    for (let count = 1; ; count++) {
      const { done, value } = this.#walk.next();
      if (done === true) break;
      this.#survey.visit(value.span, value.depth);
      if (count % 32 === 0 && performance.now() - beganMs > SLICE_MS) {
        this.#costMs += performance.now() - beganMs;
        this.#later(0);
        return;
      }
    }
    this.#walk = undefined;
    const row = rowOf(this.#tree, this.#survey);
    this.#costMs += performance.now() - beganMs;
    this.#shownVersion = this.#tree.version;
    this.#show(row);
    if (this.#beganVersion !== this.#shownVersion) this.ask(this.#show);
  }
}

/** Whether it is over is for whoever shows it to say: the tree does not know. */
function rowOf(tree: RunTree, survey: RunSurvey): RunRow {
  return surveyedRow(
    tree,
    survey,
    { ended: true, firstActivityUs: 0, lastActivityUs: 0, eventCount: 0 },
    facts.of,
  );
}

const summaries = new WeakMap<WatchedTree, Summary>();

function summaryOf(tree: WatchedTree): Summary {
  let summary = summaries.get(tree);
  if (summary === undefined) {
    summary = new Summary(tree);
    summaries.set(tree, summary);
  }
  return summary;
}
