import type { WatchedTree } from '@spantail/client';
import {
  factsOf,
  toRunRow,
  type RunRow,
  type SpanFacts,
  type SpanNode,
  type SpanType,
} from '@spantail/protocol';
import { visibleName } from '../payload/visible-text.ts';
import { visibleRun } from '../runs/visible-run.ts';
import { lastWords } from './last-words.ts';

export interface StripSpan {
  startUs: number;
  endUs: number | undefined;
  spanType: SpanType;
  state: 'open' | 'closed' | 'error' | 'lost';
}

/** What a tile says of a run. */
export interface TileFacts {
  run: RunRow;
  /** From the root to the open span that opened last; empty when nothing is open. */
  path: readonly { name: string; spanType: SpanType }[];
  /** What went wrong last, of a run that failed. */
  failure: string | undefined;
  /** What a model said last, or is saying. */
  snippet: { text: string; isStreaming: boolean } | undefined;
  /** Every span in the tree's order. */
  strip: readonly StripSpan[];
}

/** A span that is over says the same for ever, or nearly: a late close may repair a lost one. */
const factsOfClosed = new WeakMap<SpanNode, SpanFacts>();

function rememberedFacts(node: SpanNode): SpanFacts {
  if (node.state !== 'closed') return factsOf(node);
  const known = factsOfClosed.get(node);
  if (known !== undefined) return known;
  const facts = factsOf(node);
  factsOfClosed.set(node, facts);
  return facts;
}

/** @param lastActivityUs when the log was last written for it */
export function tileFacts(
  tree: WatchedTree,
  status: 'live' | 'ended',
  lastActivityUs: number,
): TileFacts {
  const strip: StripSpan[] = [];
  const stack: SpanNode[] = [];
  let path: SpanNode[] = [];
  let openedUs = -1;
  let speaker: SpanNode | undefined;
  let failed: SpanNode | undefined;
  for (const { span, depth } of tree.walk()) {
    stack.length = depth;
    stack.push(span);
    const { startUs, endUs, state, spanType } = span;
    if (startUs === undefined) continue;
    strip.push({ startUs, endUs, spanType, state: stripState(span) });
    if (span.error !== undefined && startUs >= (failed?.startUs ?? 0)) failed = span;
    if (state === 'open' && startUs >= openedUs) {
      openedUs = startUs;
      path = [...stack];
    }
    const speaks = spanType === 'model' && (span.outputText !== '' || span.output !== undefined);
    if (speaks && startUs >= (speaker?.startUs ?? 0)) speaker = span;
  }
  // The root's words are about the whole run.
  const error = tree.roots[0]?.error ?? failed?.error;
  const text = speaker === undefined ? '' : lastWords(speaker);
  return {
    run: visibleRun(
      toRunRow(
        tree,
        {
          ended: status === 'ended',
          firstActivityUs: strip[0]?.startUs ?? 0,
          lastActivityUs,
          eventCount: 0,
        },
        rememberedFacts,
      ),
    ),
    path: path.map(({ name, spanType }) => ({ name: visibleName(name, 120), spanType })),
    failure: error === undefined ? undefined : visibleName(`${error.type}: ${error.message}`),
    snippet: text === '' ? undefined : { text, isStreaming: speaker?.state === 'open' },
    strip,
  };
}

function stripState({ state, status }: SpanNode): StripSpan['state'] {
  if (state === 'lost') return 'lost';
  if (state !== 'closed') return 'open';
  return status === 'error' ? 'error' : 'closed';
}
