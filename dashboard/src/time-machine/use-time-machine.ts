import { onNextFrame, useClient, type RunView } from '@spantail/client/react';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { WatchStatus } from '@spantail/client';
import { useWallClockUs } from '../format/use-wall-clock.ts';
import type { RunSource } from '../run/run-source.ts';
import { TimeMachineEngine } from './engine.ts';
import type { MachineState } from './machine-state.ts';
import { useMomentInAddress } from './use-moment-in-address.ts';

/** Steps of what is drawn as growing. */
const STEP_MS = 250;

/** A run's time machine as a page holds it. */
export interface Machine {
  engine: TimeMachineEngine;
  state: MachineState;
  /** How the run itself stands, whatever moment is shown. */
  runStatus: WatchStatus;
}

/**
 * The run as the page shows it: the present, or the moment its time machine was taken to. The moment
 * is in the address (`at`), so that a link shows the same.
 */
export function useTimeMachine(view: RunView): { source: RunSource; machine: Machine } {
  const client = useClient();
  const { traceId, run, tree, version, status } = view;
  const engine = useMemo(
    () => new TimeMachineEngine(client, traceId, onNextFrame),
    [client, traceId],
  );
  const state = useSyncExternalStore(engine.subscribe, engine.getState);
  const isWhole = status !== 'connecting' && status !== 'catching-up';
  useEffect(() => engine.follow(run?.cursor, isWhole), [engine, run, version, isWhole]);
  useEffect(() => () => engine.stop(), [engine]);
  useMomentInAddress(engine, state);

  const isPast = state.mode === 'past';
  const presentUs = useWallClockUs(STEP_MS, !isPast && (tree?.openCount ?? 0) > 0);
  const source = useMemo<RunSource>(
    () => ({
      traceId,
      ...(isPast
        ? {
            tree: state.tree,
            version: state.treeVersion,
            // What was open at the moment is shown as going on, though the run is long over.
            status: 'live' as const,
            momentMs: state.momentMs,
            nowUs: state.nowUs,
          }
        : { tree, version, status, momentMs: undefined, nowUs: presentUs }),
      load: (payload) => client.load(traceId, payload),
    }),
    [
      client,
      traceId,
      isPast,
      state.tree,
      state.treeVersion,
      state.momentMs,
      state.nowUs,
      ...(isPast ? [] : [tree, version, status, presentUs]),
    ],
  );
  const machine = useMemo(() => ({ engine, state, runStatus: status }), [engine, state, status]);
  return { source, machine };
}
