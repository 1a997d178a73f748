import type { RunRow } from '@spantail/protocol';
import { useEffect, useRef, type RefObject } from 'react';
import { useShortcuts } from '../shortcuts/use-shortcuts.ts';

export interface RunKeysOptions {
  rows: readonly RunRow[];
  /** The run that keys are at; it stays the same one when others come in front. */
  activeId: string | undefined;
  onActive: (traceId: string | undefined) => void;
  /** Has the focus while keys move in it. */
  list: RefObject<HTMLElement | null>;
  input: RefObject<HTMLInputElement | null>;
  onOpen: (traceId: string) => void;
  onPick: (traceId: string) => void;
  onCompare: (() => void) | undefined;
  onWatch: (() => void) | undefined;
  onClear: () => void;
  onShowNew: () => void;
}

/** The list by keys. */
export function useRunKeys({
  rows,
  activeId,
  onActive,
  list,
  input,
  onOpen,
  onPick,
  onCompare,
  onWatch,
  onClear,
  onShowNew,
}: RunKeysOptions): void {
  // Keys may come faster than the list is drawn.
  const active = useRef(activeId);
  useEffect(() => {
    active.current = activeId;
  }, [activeId]);
  const activate = (traceId: string | undefined): void => {
    active.current = traceId;
    onActive(traceId);
  };
  const move = (step: number): void => {
    const at = rows.findIndex(({ traceId }) => traceId === active.current);
    const next = rows[at === -1 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))];
    if (next === undefined) return;
    activate(next.traceId);
    list.current?.focus({ preventScroll: true });
  };
  const withActive = (act: (traceId: string) => void) => (): void => {
    const run = rows.find(({ traceId }) => traceId === active.current);
    if (run !== undefined) act(run.traceId);
  };
  const group = 'Runs';
  useShortcuts([
    { keys: ['j', 'ArrowDown'], label: 'Next run', group, run: () => move(1) },
    { keys: ['k', 'ArrowUp'], label: 'Previous run', group, run: () => move(-1) },
    { keys: ['Enter', 'o'], label: 'Open the run', group, run: withActive(onOpen) },
    { keys: ['x'], label: 'Pick the run', group, run: withActive(onPick) },
    { keys: ['c'], label: 'Compare the two picked runs', group, run: () => onCompare?.() },
    { keys: ['b'], label: 'Watch the picked runs on a board', group, run: () => onWatch?.() },
    {
      keys: ['/'],
      label: 'Filter',
      group,
      run: () => {
        input.current?.focus();
        input.current?.select();
      },
    },
    {
      keys: ['.'],
      label: 'To the newest runs',
      group,
      run: () => {
        activate(undefined);
        onShowNew();
      },
    },
    {
      keys: ['Escape'],
      label: 'Pick none',
      group,
      run: () => {
        activate(undefined);
        onClear();
      },
    },
  ]);
}
