import type { WatchedSpan, WatchedTree } from '@spantail/client';
import { selfTimeUs } from '../format/self-time.ts';
import { numberOf } from './number-of.ts';

export interface Timing {
  startUs: number | undefined;
  endUs: number | undefined;
  durationUs: number | undefined;
  /** Behind the start of the run's first span. */
  offsetUs: number | undefined;
  /** The part of the duration in which no child was open. */
  selfUs: number | undefined;
  firstOutputUs: number | undefined;
}

/** @param nowUs until when an open span has lasted */
export function timingOf(tree: WatchedTree, span: WatchedSpan, nowUs: number): Timing {
  const { startUs, endUs } = span;
  const untilUs = endUs ?? nowUs;
  const runStartUs = tree.roots[0]?.startUs;
  return {
    startUs,
    endUs,
    durationUs: startUs === undefined ? undefined : Math.max(0, untilUs - startUs),
    offsetUs: startUs === undefined || runStartUs === undefined ? undefined : startUs - runStartUs,
    selfUs: startUs === undefined ? undefined : selfTimeUs(span, nowUs),
    firstOutputUs: firstOutput(span),
  };
}

/** How long a model took to its first token, as sources tell it: seconds, or by their name ms. */
const FIRST_OUTPUT: readonly [name: string, us: number][] = [
  ['gen_ai.response.time_to_first_chunk', 1_000_000],
  ['gen_ai.server.time_to_first_token', 1_000_000],
  ['ai.response.msToFirstChunk', 1_000],
  ['ttft_ms', 1_000],
];

function firstOutput({ attributes }: WatchedSpan): number | undefined {
  for (const [name, us] of FIRST_OUTPUT) {
    const value = Object.hasOwn(attributes, name) ? numberOf(attributes[name]) : undefined;
    if (value !== undefined && value >= 0) return value * us;
  }
  return undefined;
}
