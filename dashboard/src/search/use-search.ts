import type { SpanNode } from '@spantail/protocol';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { RunSource } from '../run/run-source.ts';
import type { Outline } from '../tree/outline.ts';
import { SpanScan, spanMatcher } from './find-spans.ts';
import { inOrder } from './in-order.ts';
import { SearchTexts } from './search-text.ts';
import { TextWarmer } from './text-warmer.ts';
import { useRecordSearch } from './use-record-search.ts';

/** Of one frame, when somebody waits for it; and when nobody does. */
const SLICE_MS = 30;
const IDLE_SLICE_MS = 8;
/** While a run grows the answer is renewed so often at most. */
const RENEW_MS = 700;

export interface Matches {
  /** `undefined`: nothing is searched for, or the first answer is on its way. */
  found: ReadonlySet<SpanNode> | undefined;
  /** There may be more. */
  isCut: boolean;
}

const texts = new SearchTexts();
const now = (): number => performance.now();

/**
 * The spans that have a text in them: what the page has of them at once, then also what the record
 * has. Answers within a few frames, and follows a run that grows.
 */
export function useSearch(
  source: RunSource,
  outline: Outline | undefined,
  revision: number,
  text: string,
): Matches {
  const here = useSearchHere(outline, revision, text);
  const recorded = useRecordSearch(source, text);
  const { tree } = source;
  return useMemo(() => {
    if (here === undefined || recorded === undefined || tree === undefined)
      return { found: here, isCut: false };
    const more = [...recorded.spanIds].flatMap((spanId) => tree.get(spanId) ?? []);
    return { found: inOrder(outline?.spans ?? [], here, more), isCut: recorded.isCut };
  }, [here, recorded, tree, outline]);
}

/** `undefined`: nothing is searched for, or the first answer is on its way. */
function useSearchHere(
  outline: Outline | undefined,
  revision: number,
  text: string,
): ReadonlySet<SpanNode> | undefined {
  const [matches, setMatches] = useState<{ found: ReadonlySet<SpanNode>; text: string }>();
  const doneAt = useRef({ text: '', outline, atMs: 0 });
  useEffect(() => {
    const passes = spanMatcher(text, texts);
    if (outline === undefined || passes === undefined) return undefined;
    const isSame = doneAt.current.text === text && doneAt.current.outline === outline;
    const waitMs = isSame ? Math.max(0, doneAt.current.atMs + RENEW_MS - now()) : 0;
    let scan: SpanScan | undefined;
    let timer = setTimeout(step, waitMs);
    function step(): void {
      scan ??= new SpanScan(outline?.spans ?? [], passes ?? (() => false));
      if (!scan.step(SLICE_MS, now)) {
        timer = setTimeout(step);
        return;
      }
      doneAt.current = { text, outline, atMs: now() };
      setMatches({ found: scan.found, text });
    }
    return () => clearTimeout(timer);
  }, [outline, revision, text]);
  useWarmTexts(outline, revision);
  return text.trim() !== '' && matches?.text === text ? matches.found : undefined;
}

/** Reads spans while nothing else is to be done, so that the first search is as quick as the next. */
function useWarmTexts(outline: Outline | undefined, revision: number): void {
  const warmer = useMemo(() => new TextWarmer(texts), [outline]);
  useEffect(() => {
    if (outline === undefined || typeof requestIdleCallback === 'undefined') return undefined;
    warmer.renew();
    let handle = requestIdleCallback(step);
    function step(): void {
      const { spans } = outline ?? { spans: [] };
      if (!warmer.step(spans, now() + IDLE_SLICE_MS, now)) handle = requestIdleCallback(step);
    }
    return () => cancelIdleCallback(handle);
  }, [outline, revision, warmer]);
}
