import type { Cursor, WatchedTree } from '@spantail/client';
import type { RecorderStatus } from './recorder.ts';

export const SPEEDS = [0.5, 1, 2, 5, 10, 20, 50] as const;

/** What a time machine lets be seen of the run. */
export interface ShownMoment {
  /** `live`: the present is shown; `seeking`: it still is, while the moment is being got. */
  mode: 'live' | 'seeking' | 'past';
  /** Events in what is shown. */
  index: number;
  tree: WatchedTree | undefined;
  treeVersion: number;
  /** Behind the last event that is shown. */
  cursor: Cursor | undefined;
  /** The moment by the log's clock; `undefined` while live. */
  momentMs: number | undefined;
  /** The moment by the clock of the run's agents. */
  nowUs: number;
}

/** Where a time machine stands. A new object with every change. */
export interface MachineState extends ShownMoment {
  recorder: RecorderStatus;
  error: Error | undefined;
  /** Events recorded so far. */
  count: number;
  /** The place on the scrubber that was gone to, and the scrubber's length. */
  placeMs: number;
  lengthMs: number;
  /** The log's first and last moment. */
  startMs: number;
  endMs: number;
  playing: boolean;
  speed: number;
  skipWaits: boolean;
}

/** Nothing of the past is shown. */
export const PRESENT = {
  tree: undefined,
  treeVersion: 0,
  cursor: undefined,
  momentMs: undefined,
  nowUs: 0,
} satisfies Partial<ShownMoment>;

export function shownIn(state: MachineState): ShownMoment {
  const { mode, index, tree, treeVersion, cursor, momentMs, nowUs } = state;
  return { mode, index, tree, treeVersion, cursor, momentMs, nowUs };
}

/** What is asked for while the log is still being read. */
export type PendingSeek =
  /** The share of the whole, 0 to 1. */
  | { to: 'share'; share: number }
  | { to: 'cursor'; cursor: Cursor }
  | { to: 'time'; timeMs: number }
  | { to: 'first' }
  /** So many events are shown. */
  | { to: 'index'; index: number }
  /** So many events before the last one. */
  | { to: 'before-last'; events: number };
