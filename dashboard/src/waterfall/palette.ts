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
  'agent',
  'model',
  'tool',
  'retrieval',
  'embedding',
  'guardrail',
  'handoff',
  'step',
] as const;

/** The theme's colours, for what is drawn on a canvas. Another object when the theme changes. */
export type Palette = Readonly<Record<(typeof NAMES)[number], string>>;

export function usePalette(): Palette {
  return useSyncExternalStore(listen, read);
}

let palette: Palette | undefined;

function read(): Palette {
  if (palette === undefined) {
    const style = getComputedStyle(document.documentElement);
    palette = Object.fromEntries(
      NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
    ) as Palette;
  }
  return palette;
}

function listen(changed: () => void): () => void {
  const forget = (): void => {
    palette = undefined;
    changed();
  };
  // It may have changed while nobody listened.
  palette = undefined;
  const media = matchMedia('(prefers-color-scheme: dark)');
  media.addEventListener('change', forget);
  const observer = new MutationObserver(forget);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => {
    media.removeEventListener('change', forget);
    observer.disconnect();
  };
}
