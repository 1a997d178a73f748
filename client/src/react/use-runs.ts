import { useEffect, useMemo, useRef, useState } from 'react';
import type { ListOptions } from '../query/query-client.ts';
import { LiveRuns, NO_RUNS, UNASKED, type RunsView } from './live-runs.ts';
import { useClient } from './provider.ts';

export type { RunsView } from './live-runs.ts';

export interface UseRunsOptions extends Omit<ListOptions, 'signal' | 'next'> {
  /** `false`: the list as it was when it was asked for. Default `true`. */
  live?: boolean;
  /** `false`: nothing is asked (yet), and the list is empty. Default `true`. */
  enabled?: boolean;
}

/**
 * Runs by a filter, kept current: what is known of a listed run is renewed as it is announced, and
 * when others appear or may match now, the record is asked again, at most once a second. A gateway
 * that is away is asked until it answers.
 *
 * @example
 * const { runs } = useRuns({ status: 'running', agent: 'researcher' });
 */
export function useRuns({ live = true, enabled = true, ...query }: UseRunsOptions = {}): RunsView {
  const client = useClient();
  const key = JSON.stringify(query);
  // The same question is the same object, whatever the caller builds at each render.
  const asked = useMemo(() => JSON.parse(key) as ListOptions, [key]);
  const [state, setState] = useState<{ asked: ListOptions; view: RunsView }>();
  const last = useRef<RunsView>(NO_RUNS);
  useEffect(() => {
    if (!enabled) {
      last.current = NO_RUNS;
      setState(undefined);
      return undefined;
    }
    const list = new LiveRuns(client, asked, last.current.runs, (view) => {
      last.current = view;
      setState({ asked, view });
    });
    list.start(live);
    return () => list.stop();
  }, [client, asked, live, enabled]);
  if (!enabled) return UNASKED;
  if (state === undefined) return NO_RUNS;
  // Between a change of the question and the effect above, the answer is another one's.
  return state.asked === asked
    ? state.view
    : { ...state.view, loading: true, error: undefined, hasMore: false };
}
