import { useRun } from '@spantail/client/react';
import { isTraceId, type TraceId } from '@spantail/protocol';
import { useMemo, type ReactNode } from 'react';
import { ErrorBoundary } from '../page/error-boundary.tsx';
import { lazyPart } from '../page/lazy-part.tsx';
import { useShortcuts } from '../shortcuts/use-shortcuts.ts';
import { TimeMachine, useTimeMachine } from '../time-machine/time-machine.tsx';
import { TimelineView } from '../waterfall/timeline-view.tsx';
import { useAddressValue } from './address.ts';
import { DetailPanel } from './detail-panel.tsx';
import { RunHeader } from './run-header.tsx';
import { EmptyRun, NoTraceId, RunNotices } from './run-notices.tsx';
import type { Selection } from './run-source.ts';
import { useAgentClock } from './use-agent-clock.ts';
import { usePacedSource } from './use-paced-source.ts';
import { useRunRow } from './use-run-row.ts';
import { useSilence } from './use-silence.ts';
import { ViewTabs, viewOf } from './view-tabs.tsx';
import './run.css';

const ConversationView = lazyPart(
  'The conversation',
  async () => (await import('../conversation/conversation-view.tsx')).ConversationView,
);
const GraphView = lazyPart(
  'The graph',
  async () => (await import('../graph/graph-view.tsx')).GraphView,
);

/** One run: live, or at a moment of its past. */
export default function RunPage({ traceId }: { traceId: string }): ReactNode {
  return isTraceId(traceId) ? <WatchedRunPage traceId={traceId} /> : <NoTraceId text={traceId} />;
}

function WatchedRunPage({ traceId }: { traceId: TraceId }): ReactNode {
  const view = useRun(traceId);
  const { source: shown, machine } = useTimeMachine(view);
  const source = usePacedSource(useAgentClock(shown));
  const row = useRunRow(source);
  const silence = useSilence(view, source.momentMs === undefined);
  const [viewText, setView] = useAddressValue('view');
  const [spanId, select] = useAddressValue('span');
  const [query = '', setQuery] = useAddressValue('q');
  const selection = useMemo<Selection>(() => ({ spanId, select }), [spanId, select]);
  const current = viewOf(viewText);
  useShortcuts([
    {
      keys: ['Escape'],
      label: 'Select nothing',
      group: 'Moving',
      run: () => select(undefined),
    },
  ]);
  const isEmpty = (view.tree?.spanCount ?? 0) === 0;
  const lead = useMemo(
    () => (
      <ViewTabs
        current={current}
        onView={(next) => setView(next === 'timeline' ? undefined : next)}
      />
    ),
    [current, setView],
  );
  return (
    <div className="run-page">
      <RunHeader source={source} row={row} silence={silence} />
      <RunNotices view={view} />
      {isEmpty ? (
        <EmptyRun view={view} />
      ) : (
        <>
          <div className="run-body">
            <div className="run-view">
              {current === 'timeline' ? (
                <TimelineView {...{ source, selection, query, lead }} onQuery={setQuery} />
              ) : (
                <>
                  <div className="run-bar">{lead}</div>
                  <div
                    className="run-other"
                    id="run-view"
                    role="tabpanel"
                    aria-labelledby={`view-tab-${current}`}
                  >
                    <ErrorBoundary what="This view" of={current}>
                      {current === 'graph' ? (
                        <GraphView source={source} selection={selection} />
                      ) : (
                        <ConversationView source={source} selection={selection} />
                      )}
                    </ErrorBoundary>
                  </div>
                </>
              )}
            </div>
            {spanId !== undefined && <DetailPanel source={source} selection={selection} />}
          </div>
          <TimeMachine machine={machine} source={source} />
        </>
      )}
    </div>
  );
}
