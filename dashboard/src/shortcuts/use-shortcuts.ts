import { useEffect, useRef } from 'react';
import { registry } from './registry.ts';
import type { Shortcut } from './shortcut.ts';

let users = 0;

/**
 * Keys that do something while the component is there. They do nothing while text is typed, unless
 * they say so. `<ShortcutsHelp/>` lists them.
 *
 * @example
 * useShortcuts([{ keys: ['j', 'ArrowDown'], label: 'Next run', group: 'Runs', run: next }]);
 */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const newest = useRef(shortcuts);
  useEffect(() => {
    newest.current = shortcuts;
  });
  // What they do changes with every render; what there is, hardly ever.
  const shape = shortcuts.map(({ keys, label }) => `${keys.join(' ')}\n${label}`).join('\n');
  useEffect(() => {
    const owner = Symbol('shortcuts');
    registry.put(
      owner,
      newest.current.map((shortcut, i) => ({
        ...shortcut,
        run: (stroke) => newest.current[i]?.run(stroke),
      })),
    );
    if (users++ === 0) window.addEventListener('keydown', registry.onKeyDown);
    return () => {
      registry.remove(owner);
      if (--users === 0) window.removeEventListener('keydown', registry.onKeyDown);
    };
  }, [shape]);
}
