import { SPAN_TYPES } from '@spantail/protocol';
import { useSyncExternalStore } from 'react';

const NAMES = [...SPAN_TYPES, 'error', 'lost', 'running'] as const;
export type ThemeColors = Readonly<Record<(typeof NAMES)[number], string>>;

let colors: ThemeColors | undefined;

/** The theme's colours for what draws by itself; others when the theme changes. */
export function useThemeColors(): ThemeColors {
  return useSyncExternalStore(listen, current);
}

function current(): ThemeColors {
  colors ??= read();
  return colors;
}

function read(): ThemeColors {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(
    NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
  ) as ThemeColors;
}

function listen(listener: () => void): () => void {
  const onChange = (): void => {
    colors = undefined;
    listener();
  };
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  const observer = new MutationObserver(onChange);
  system.addEventListener('change', onChange);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => {
    system.removeEventListener('change', onChange);
    observer.disconnect();
  };
}
