import { SPAN_TYPES } from '@spantail/protocol';
import { useSyncExternalStore } from 'react';

const NAMES = [
  'ground',
  'panel',
  'raised',
  'line',
  'text',
  'quiet',
  'accent',
  'error',
  'lost',
  'running',
  ...SPAN_TYPES,
] as const;

/** The theme's colours, for what is drawn on a canvas. Another object when the theme changes. */
export type Palette = Readonly<Record<(typeof NAMES)[number], string>>;

export function usePalette(): Palette {
  return useSyncExternalStore(listen, read);
}

let palette: Palette | undefined;
const listeners = new Set<() => void>();
let stopWatching: (() => void) | undefined;

function read(): Palette {
  if (palette === undefined) {
    const style = getComputedStyle(document.documentElement);
    palette = Object.fromEntries(
      NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
    ) as Palette;
  }
  return palette;
}

/** A board has a canvas for each run; one watch of the theme is enough for all of them. */
function listen(changed: () => void): () => void {
  listeners.add(changed);
  stopWatching ??= watchTheme();
  return () => {
    listeners.delete(changed);
    if (listeners.size > 0) return;
    stopWatching?.();
    stopWatching = undefined;
  };
}

function watchTheme(): () => void {
  // It may have changed while nobody listened.
  palette = undefined;
  const forget = (): void => {
    palette = undefined;
    for (const changed of listeners) changed();
  };
  const media = matchMedia('(prefers-color-scheme: dark)');
  media.addEventListener('change', forget);
  const observer = new MutationObserver(forget);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => {
    media.removeEventListener('change', forget);
    observer.disconnect();
  };
}
