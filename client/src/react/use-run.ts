import { useEffect, useState } from 'react';
import { SpantailError, type TraceId } from '@spantail/protocol';
import type { WatchedTree } from '../loadable.ts';
import type { WatchedRun, WatchStatus } from '../watched-run.ts';
import { Frames } from './frames.ts';
import { useClient } from './provider.ts';

export interface UseRunOptions {
  /** `false`: it is not watched (yet), and the view is empty. Default `true`. */
  enabled?: boolean;
}

/** A run as it stands. A new object whenever something changed, at most once a frame. */
export interface RunView {
  traceId: TraceId;
  /** Kept current in place: another object only after a `reset`. Compare {@link RunView.version}. */
  tree: WatchedTree | undefined;
  /** Grows with every change of the tree. */
  version: number;
  status: WatchStatus;
  /** When the log was last written for it, by the log's clock. `undefined`: nothing came yet. */
  lastActivityMs: number | undefined;
  /** Why it cannot be watched, or any longer. */
  error: SpantailError | undefined;
  /** Something between the events that came is gone, and the tree may lack it. */
  hasGap: boolean;
  /** Events that could not be read. */
  invalidCount: number;
  /** The run itself, for `load` and `cursor`. */
  run: WatchedRun | undefined;
}

/**
 * Watches a run while the component is there. Any number of components may watch the same run.
 *
 * @example
 * const { tree, status } = useRun(traceId);
 * return <Tree spans={tree?.roots ?? []} live={status === 'live'} />;
 */
export function useRun(traceId: TraceId, { enabled = true }: UseRunOptions = {}): RunView {
  const client = useClient();
  const [view, setView] = useState<RunView>(() => emptyView(traceId));
  useEffect(() => {
    if (!enabled) {
      setView(emptyView(traceId));
      return undefined;
    }
    let run: WatchedRun;
    try {
      run = client.watch(traceId);
    } catch (error) {
      // An id may be from an address that somebody typed: no reason to take the page down.
      if (!(error instanceof SpantailError)) throw error;
      setView({ ...emptyView(traceId), status: 'failed', error });
      return undefined;
    }
    let hasGap = false;
    let invalidCount = 0;
    const show = (): void =>
      setView({
        traceId,
        tree: run.tree,
        version: run.tree.version,
        status: run.status,
        lastActivityMs: run.lastActivityMs,
        error: run.error,
        hasGap,
        invalidCount,
        run,
      });
    const frames = new Frames(show);
    const ask = (): void => frames.ask();
    const leave = [
      run.on('change', ask),
      run.on('status', ask),
      run.on('error', ask),
      run.on('end', ask),
      run.on('gap', () => {
        hasGap = true;
        ask();
      }),
      run.on('reset', () => {
        hasGap = false;
        invalidCount = 0;
        ask();
      }),
      run.on('invalid', () => {
        invalidCount++;
        ask();
      }),
    ];
    show();
    return () => {
      for (const off of leave) off();
      frames.stop();
      run.close();
    };
  }, [client, traceId, enabled]);
  // Between a change of the id and the effect above, the old run is nobody's.
  return view.traceId === traceId ? view : emptyView(traceId);
}

function emptyView(traceId: TraceId): RunView {
  return {
    traceId,
    tree: undefined,
    version: 0,
    status: 'connecting',
    lastActivityMs: undefined,
    error: undefined,
    hasGap: false,
    invalidCount: 0,
    run: undefined,
  };
}
