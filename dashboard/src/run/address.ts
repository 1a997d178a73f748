import { useCallback, useEffect, useRef, useState } from 'react';
import { useSearch } from 'wouter';
import { navigate } from 'wouter/use-browser-location';

/** Browsers refuse an address that changes more often than some 100 times in 10 s. */
const WRITE_AFTER_MS = 150;

const waiting = new Map<string, string | undefined>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** To open these is a step that the back button takes back: on a phone they cover the page. */
const STEPS: ReadonlySet<string> = new Set(['at', 'span', 'view']);

/**
 * One value of the address's query, as state: the page follows at once, the address a little later.
 * To change or to close it adds nothing to the history.
 */
export function useAddressValue(
  name: string,
): [string | undefined, (value: string | undefined) => void] {
  const search = useSearch();
  const written = new URLSearchParams(search).get(name) ?? undefined;
  const [value, setValue] = useState(written);
  const seen = useRef(written);
  useEffect(() => {
    // By the back button or a link; not by ourselves.
    if (written !== seen.current && !waiting.has(name)) setValue(written);
    seen.current = written;
  }, [name, written]);
  const set = useCallback(
    (next: string | undefined) => {
      setValue(next);
      write(name, next);
    },
    [name],
  );
  return [value, set];
}

function write(name: string, value: string | undefined): void {
  waiting.set(name, value);
  const { pathname } = window.location;
  clearTimeout(timer);
  timer = setTimeout(() => {
    timer = undefined;
    const changes = [...waiting];
    waiting.clear();
    // Another page was gone to: what was to be written is not of it.
    if (window.location.pathname !== pathname) return;
    const query = new URLSearchParams(window.location.search);
    const isStep = changes.some(
      ([key, text]) => STEPS.has(key) && text !== undefined && text !== '' && !query.has(key),
    );
    for (const [key, text] of changes)
      if (text === undefined || text === '') query.delete(key);
      else query.set(key, text);
    const text = query.toString();
    go(text === '' ? pathname : `${pathname}?${text}`, isStep);
  }, WRITE_AFTER_MS);
}

/** To close what a step opened is to take the step back, so that none is left that does nothing. */
function go(to: string, isStep: boolean): void {
  const { state } = window.history as { state: { openedFrom?: string } | null };
  if (isStep) {
    const openedFrom = window.location.pathname + window.location.search;
    navigate(to, { state: { openedFrom } });
  } else if (state?.openedFrom === to) window.history.back();
  else navigate(to, { replace: true, state });
}
