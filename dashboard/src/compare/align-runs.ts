import type { Payload } from '@spantail/protocol';
import { isSameContent } from '../payload/same-content.ts';
import { alignLists } from './align-lists.ts';

/** What of a span decides which one of the other run is its counterpart. */
export interface AlignedSpan {
  readonly name: string;
  readonly spanType: string;
  readonly state: string;
  readonly status: string;
  readonly input: Payload | undefined;
  readonly output: Payload | undefined;
  readonly outputText: string;
  readonly children: readonly AlignedSpan[];
}

/** A step of both runs, or of one of them. */
export interface StepPair<Span extends AlignedSpan> {
  left: Span | undefined;
  right: Span | undefined;
  depth: number;
  /** What of the two is not the same; of a step of one run only: `path`. */
  differences: readonly Difference[];
}

export type Difference = 'path' | 'name' | 'status' | 'input' | 'output';

type Forest<Span> = readonly Span[];

/** Steps of these kinds are named after what may be the very thing that was changed: a model, an agent. */
const LOOSE_TYPES: ReadonlySet<string> = new Set(['model', 'agent']);

/**
 * The steps of two runs next to each other: children of a pair are aligned among each other, in the
 * order of both. What only one run has comes where it happened, with all below it. Without recursion:
 * depth is the agent's choice.
 */
export function alignRuns<Span extends AlignedSpan & { readonly children: readonly Span[] }>(
  left: Forest<Span>,
  right: Forest<Span>,
): StepPair<Span>[] {
  const pairs: StepPair<Span>[] = [];
  // Last in, first out: what comes first is pushed last.
  const waiting = alignSiblings(left, right, 0).toReversed();
  for (let pair = waiting.pop(); pair !== undefined; pair = waiting.pop()) {
    pairs.push(pair);
    const below = alignSiblings(
      pair.left?.children ?? [],
      pair.right?.children ?? [],
      pair.depth + 1,
    );
    for (const next of below.toReversed()) waiting.push(next);
  }
  return pairs;
}

/** Where the two do something else for the first time; `undefined`: nowhere. */
export function firstDivergence(pairs: readonly StepPair<AlignedSpan>[]): number | undefined {
  const at = pairs.findIndex(
    ({ differences }) => differences.includes('path') || differences.includes('status'),
  );
  return at === -1 ? undefined : at;
}

function alignSiblings<Span extends AlignedSpan>(
  left: Forest<Span>,
  right: Forest<Span>,
  depth: number,
): StepPair<Span>[] {
  const both =
    depth === 0 && left.length === 1 && right.length === 1
      ? // However they are called: these are the runs.
        [[0, 0] as const]
      : alignLists(left, right, { keyOf, areAlike });
  const pairs: StepPair<Span>[] = [];
  let [fromLeft, fromRight] = [0, 0];
  const alone = (toLeft: number, toRight: number): void => {
    for (const span of left.slice(fromLeft, toLeft)) pairs.push(one(span, undefined, depth));
    for (const span of right.slice(fromRight, toRight)) pairs.push(one(undefined, span, depth));
  };
  for (const [i, j] of both) {
    alone(i, j);
    pairs.push(one(left[i], right[j], depth));
    [fromLeft, fromRight] = [i + 1, j + 1];
  }
  alone(left.length, right.length);
  return pairs;
}

function one<Span extends AlignedSpan>(
  left: Span | undefined,
  right: Span | undefined,
  depth: number,
): StepPair<Span> {
  return { left, right, depth, differences: differencesOf(left, right) };
}

function differencesOf(
  left: AlignedSpan | undefined,
  right: AlignedSpan | undefined,
): Difference[] {
  if (left === undefined || right === undefined) return ['path'];
  const differences: Difference[] = [];
  if (left.name !== right.name) differences.push('name');
  if (isDue(left) && isDue(right) && outcomeOf(left) !== outcomeOf(right))
    differences.push('status');
  if (!isSameContent(left.input, right.input)) differences.push('input');
  const isSameOutput =
    left.output === undefined && right.output === undefined
      ? left.outputText === right.outputText
      : isSameContent(left.output, right.output);
  if (!isSameOutput) differences.push('output');
  return differences;
}

/** What goes on may still come out as the other did. */
function isDue({ state }: AlignedSpan): boolean {
  return state !== 'open';
}

/** How a step came out: not being known, being lost, having failed, or neither. */
function outcomeOf({ state, status }: AlignedSpan): string {
  if (state !== 'closed') return state;
  return status === 'error' ? 'error' : 'ok';
}

function keyOf({ spanType, name }: AlignedSpan): string {
  return `${spanType} ${name}`;
}

function areAlike(left: AlignedSpan, right: AlignedSpan): boolean {
  return left.spanType === right.spanType && LOOSE_TYPES.has(left.spanType);
}
