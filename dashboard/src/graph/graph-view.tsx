import { Table2, Workflow, type LucideIcon } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { SpanId } from '@spantail/protocol';
import { facts } from '../run/facts-cache.ts';
import type { RunSource, Selection } from '../run/run-source.ts';
import { usePacedMemo } from '../run/use-paced-memo.ts';
import { agentGraph, type AgentEdge, type AgentGraph } from './agent-graph.ts';
import { GraphCanvas } from './graph-canvas.tsx';
import { GraphTable } from './graph-table.tsx';
import './graph.css';

/** How the agents of a run call each other and what they use: as a picture, or as tables. */
export function GraphView({
  source,
  selection,
}: {
  source: RunSource;
  selection: Selection;
}): ReactNode {
  const { tree, version, status, nowUs } = source;
  const [asTable, setAsTable] = useState(false);
  // What works grows by the second, not by the frame.
  const second = (tree?.openCount ?? 0) > 0 ? Math.floor(nowUs / 1_000_000) : 0;
  const graph = usePacedMemo(
    () => (tree === undefined ? { agents: [], edges: [] } : agentGraph(tree, facts.of, nowUs)),
    tree,
    `${version} ${second}`,
  );
  const choose = (spanIds: readonly SpanId[]): void => selectNext(selection, spanIds);
  if (graph.agents.length === 0)
    return (
      <p className="quiet pad" role="status">
        {status === 'connecting' || status === 'catching-up'
          ? 'Loading the run…'
          : 'No agent, model or tool was seen in this run yet.'}
      </p>
    );
  return (
    <section className="graph" aria-label="Agents">
      <div className="graph-bar">
        <Legend graph={graph} />
        <span className="grow" />
        <ViewButton
          icon={asTable ? Workflow : Table2}
          label={asTable ? 'Picture' : 'Table'}
          onPress={() => setAsTable(!asTable)}
        />
      </div>
      {asTable ? (
        <GraphTable graph={graph} onChoose={choose} />
      ) : (
        <GraphCanvas graph={graph} selectedId={selection.spanId} onChoose={choose} />
      )}
    </section>
  );
}

/** The first of the spans, and with each press the next one. */
function selectNext(selection: Selection, spanIds: readonly SpanId[]): void {
  const { spanId } = selection;
  const index = spanId === undefined ? -1 : spanIds.indexOf(spanId);
  selection.select(spanIds[(index + 1) % spanIds.length]);
}

/** Of what is in the picture. */
function Legend({ graph: { agents, edges } }: { graph: AgentGraph }): ReactNode {
  if (agents.length === 1)
    return <p className="graph-legend">What the agent uses, and how often</p>;
  return (
    <p className="graph-legend">
      {LINES.filter(({ kind }) => edges.some((edge) => edge.kind === kind)).map(
        ({ kind, label, meaning }) => (
          <span key={kind} className={`graph-key is-${kind}`} title={meaning}>
            {label}
          </span>
        ),
      )}
    </p>
  );
}

const LINES: readonly { kind: AgentEdge['kind']; label: string; meaning: string }[] = [
  {
    kind: 'call',
    label: 'calls',
    meaning: 'The second works for the first, which goes on after it',
  },
  { kind: 'handoff', label: 'hands over to', meaning: 'The first said that the second goes on' },
  {
    kind: 'next',
    label: 'is followed by',
    meaning: 'The second began when the first was over; nothing in the run says why',
  },
];

function ViewButton({
  icon: Icon,
  label,
  onPress,
}: {
  icon: LucideIcon;
  label: string;
  onPress: () => void;
}): ReactNode {
  return (
    <button type="button" className="graph-button" onClick={onPress}>
      <Icon size={14} aria-hidden /> {label}
    </button>
  );
}
