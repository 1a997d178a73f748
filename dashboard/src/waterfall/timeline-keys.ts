import type { RefObject } from 'react';
import type { Selection } from '../run/run-source.ts';
import type { Shortcut } from '../shortcuts/shortcut.ts';
import { useShortcuts } from '../shortcuts/use-shortcuts.ts';
import { ALL_UNFOLDED, foldBelow, isFolded } from '../tree/fold.ts';
import { widthUs } from './time-window.ts';
import type { TimeView } from './use-time-view.ts';
import type { Timeline } from './use-timeline.ts';

export interface TimelineKeysOptions {
  timeline: Timeline;
  time: TimeView;
  selection: Selection;
  searchBox: RefObject<HTMLInputElement | null>;
  pageRows: () => number;
  toggleFollow: () => void;
  toggleCritical: () => void;
  /** By keys moved: what is followed is let go. */
  letGo: () => void;
}

const ZOOM = 0.7;

/** What no key does, for the help. */
const WITH_THE_POINTER: Shortcut[] = [
  'Pull over the times or the strip above: look at that stretch',
  'Double-click there: look at all of it',
  'Wheel with Ctrl: closer or wider, at the pointer',
  'Wheel with Shift, or pull the bars: sooner or later',
].map((label) => ({ keys: [], label, group: 'With the pointer', run: () => {} }));

/** What keys do in the timeline. */
export function useTimelineKeys(options: TimelineKeysOptions): void {
  const { timeline, time, selection, searchBox, pageRows, letGo } = options;
  const moving = (run: () => void) => (): void => {
    letGo();
    run();
  };
  const fold = (): void => foldSelected(timeline, selection, true);
  const unfold = (): void => foldSelected(timeline, selection, false);
  const move = 'Moving';
  const find = 'Finding';
  const folding = 'Folding';
  const look = 'Time';
  useShortcuts(WITH_THE_POINTER);
  useShortcuts([
    {
      keys: ['j', 'ArrowDown'],
      label: 'Next row',
      group: move,
      run: moving(() => timeline.stepRow(1)),
    },
    {
      keys: ['k', 'ArrowUp'],
      label: 'Row before',
      group: move,
      run: moving(() => timeline.stepRow(-1)),
    },
    {
      keys: ['PageDown'],
      label: 'A page down',
      group: move,
      run: moving(() => timeline.stepRow(pageRows())),
    },
    {
      keys: ['PageUp'],
      label: 'A page up',
      group: move,
      run: moving(() => timeline.stepRow(-pageRows())),
    },
    {
      keys: ['Home', 'g'],
      label: 'First row',
      group: move,
      run: moving(() => timeline.stepRow(-Infinity)),
    },
    {
      keys: ['End', 'G'],
      label: 'Last row',
      group: move,
      run: moving(() => timeline.stepRow(Infinity)),
    },
    { keys: ['f'], label: 'Follow the newest', group: move, run: options.toggleFollow },
    { keys: ['/'], label: 'Search', group: find, run: () => searchBox.current?.select() },
    { keys: ['n'], label: 'Next match', group: find, run: moving(() => timeline.stepMatch(1)) },
    { keys: ['N'], label: 'Match before', group: find, run: moving(() => timeline.stepMatch(-1)) },
    { keys: ['e'], label: 'Next error', group: find, run: moving(() => timeline.stepError(1)) },
    { keys: ['E'], label: 'Error before', group: find, run: moving(() => timeline.stepError(-1)) },
    { keys: ['h', 'ArrowLeft'], label: 'Fold, or go up', group: folding, run: moving(fold) },
    { keys: ['ArrowRight'], label: 'Unfold, or go in', group: folding, run: moving(unfold) },
    { keys: ['x'], label: 'Fold all', group: folding, run: () => timeline.setFold(foldBelow(1)) },
    { keys: ['X'], label: 'Unfold all', group: folding, run: () => timeline.setFold(ALL_UNFOLDED) },
    ...[1, 2, 3].map((depth) => ({
      keys: [String(depth)],
      label: `Only ${depth === 1 ? 'one level' : `${depth} levels`}`,
      group: folding,
      run: () => timeline.setFold(foldBelow(depth - 1)),
    })),
    { keys: ['+', '='], label: 'Closer', group: look, run: () => time.zoom(ZOOM) },
    { keys: ['-'], label: 'Farther', group: look, run: () => time.zoom(1 / ZOOM) },
    { keys: ['0'], label: 'All of the run', group: look, run: () => time.fit() },
    {
      keys: ['z'],
      label: 'The selected span',
      group: look,
      run: () => zoomToSelected(timeline, time),
    },
    {
      keys: ['['],
      label: 'Earlier',
      group: look,
      run: () => time.pan(widthUs(time.window()) * -0.2),
    },
    { keys: [']'], label: 'Later', group: look, run: () => time.pan(widthUs(time.window()) * 0.2) },
    { keys: ['c'], label: 'Critical path', group: look, run: options.toggleCritical },
  ]);
}

/** As trees everywhere: left folds, or goes to the one above; right unfolds, or goes to the first below. */
function foldSelected(timeline: Timeline, selection: Selection, folding: boolean): void {
  const { selected, outline, fold, toggle } = timeline;
  if (selected === undefined || outline === undefined) return timeline.stepRow(0);
  const depth = outline.columns.depths[outline.indexOf(selected)] ?? 0;
  const isLeaf = selected.children.length === 0;
  const isShut = !isLeaf && isFolded(fold, selected.spanId, depth);
  if (!isLeaf && isShut !== folding) toggle(selected.spanId, depth);
  else if (!folding && !isLeaf) timeline.stepRow(1);
  else if (folding && selected.parentSpanId !== undefined && !selected.orphan)
    selection.select(selected.parentSpanId);
}

function zoomToSelected({ selected }: Timeline, time: TimeView): void {
  if (selected?.startUs === undefined) return;
  const endUs = selected.endUs ?? time.nowUs();
  const beside = Math.max((endUs - selected.startUs) * 0.15, 50);
  time.show({ fromUs: selected.startUs - beside, toUs: endUs + beside });
}
