import { useEffect, type RefObject } from 'react';
import { rangesOf } from './ranges-of.ts';
import './marked.css';

/** As in the style sheet. */
const NAME = 'searched';
/** What is loaded or unfolded comes in many small changes. */
const PAUSE_MS = 150;

/**
 * Marks a text wherever it is on the page inside of an element, also in what comes later. Nothing is
 * put into the page: what the text is in stays as it is, and what is selected stays selected. Where
 * the browser cannot (Firefox before 140) nothing is marked.
 */
export function useMarkedWords(element: RefObject<HTMLElement | null>, wanted: string): void {
  useEffect(() => {
    const root = element.current;
    if (root === null || wanted === '' || typeof Highlight === 'undefined') return undefined;
    const highlight = new Highlight();
    CSS.highlights.set(NAME, highlight);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const mark = (): void => {
      timer = undefined;
      highlight.clear();
      for (const range of rangesOf(root, wanted)) highlight.add(range);
    };
    mark();
    const observer = new MutationObserver(() => {
      timer ??= setTimeout(mark, PAUSE_MS);
    });
    observer.observe(root, { childList: true, subtree: true, characterData: true });
    return () => {
      observer.disconnect();
      clearTimeout(timer);
      CSS.highlights.delete(NAME);
    };
  }, [element, wanted]);
}
