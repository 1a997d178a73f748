import type { SpanNode } from '@spantail/protocol';
import { useEffect, useRef, useState } from 'react';
import type { Outline } from '../tree/outline.ts';
import { SpanScan, spanMatcher } from './find-spans.ts';
import { SearchTexts } from './search-text.ts';

/** Of one frame, when somebody waits for it; and when nobody does. */
const SLICE_MS = 30;
const IDLE_SLICE_MS = 8;
/** While a run grows the answer is renewed so often at most. */
const RENEW_MS = 700;

export interface Matches {
  /** `undefined`: nothing is searched for. */
  found: ReadonlySet<SpanNode> | undefined;
  /** The first answer is still on its way. */
  isSearching: boolean;
}

const NOTHING: Matches = { found: undefined, isSearching: false };
const texts = new SearchTexts();
const now = (): number => performance.now();

/** The spans that have a text in them. Answers within a few frames, and follows a run that grows. */
export function useSearch(outline: Outline | undefined, revision: number, text: string): Matches {
  const [matches, setMatches] = useState<Matches & { text: string }>({ ...NOTHING, text: '' });
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
      setMatches({ found: scan.found, isSearching: false, text });
    }
    return () => clearTimeout(timer);
  }, [outline, revision, text]);
  useWarmTexts(outline, revision);
  if (text.trim() === '') return NOTHING;
  return matches.text === text ? matches : { found: undefined, isSearching: true };
}

/** Reads spans while nothing else is to be done, so that the first search is as quick as the next. */
function useWarmTexts(outline: Outline | undefined, revision: number): void {
  const warm = useRef({ outline, next: 0 });
  useEffect(() => {
    if (outline === undefined || typeof requestIdleCallback === 'undefined') return undefined;
    if (warm.current.outline !== outline) warm.current = { outline, next: 0 };
    let handle = requestIdleCallback(step);
    function step(): void {
      const { spans } = outline ?? { spans: [] };
      const untilMs = now() + IDLE_SLICE_MS;
      while (warm.current.next < spans.length && now() < untilMs) {
        const span = spans[warm.current.next++];
        // What is open changes yet.
        if (span !== undefined && span.state !== 'open') texts.of(span);
      }
      if (warm.current.next < spans.length) handle = requestIdleCallback(step);
    }
    return () => cancelIdleCallback(handle);
  }, [outline, revision]);
}
