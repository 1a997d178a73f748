import { useReducer, type ReactNode } from 'react';
import type { SpanId } from '@spantail/protocol';
import { formatCost, formatCount, formatDuration } from '../format/quantities.ts';
import { visibleName } from '../payload/visible-text.ts';
import type { AgentEdge, AgentGraph, Use } from './agent-graph.ts';

/** Names are the agents' choice: no more is put on the page at once. */
const PAGE_ROWS = 200;
const MOST_USES = 24;

function addPage(count: number): number {
  return count + PAGE_ROWS;
}

/** The same as text: for readers of tables, and for screen readers. */
export function GraphTable({
  graph: { agents, edges },
  onChoose,
}: {
  graph: AgentGraph;
  onChoose: (spanIds: readonly SpanId[]) => void;
}): ReactNode {
  const [agentCount, showAgents] = useReducer(addPage, PAGE_ROWS);
  const [edgeCount, showEdges] = useReducer(addPage, PAGE_ROWS);
  return (
    <div className="graph-tables">
      <table>
        <caption>Agents</caption>
        <thead>
          <tr>
            <th scope="col">Agent</th>
            <th scope="col">Called</th>
            <th scope="col">Failed</th>
            <th scope="col">Time</th>
            <th scope="col">Tokens</th>
            <th scope="col">Cost</th>
            <th scope="col">Models and tools</th>
          </tr>
        </thead>
        <tbody>
          {agents.slice(0, agentCount).map((agent) => (
            <tr key={agent.name}>
              <th scope="row">
                <button
                  type="button"
                  disabled={agent.spanIds.length === 0}
                  onClick={() => onChoose(agent.spanIds)}
                >
                  {visibleName(agent.name, 80)}
                </button>
                {agent.isActive && <small className="graph-working"> working</small>}
                {agent.lost > 0 && <small className="graph-lost"> lost</small>}
              </th>
              <td>{agent.calls}</td>
              <td>{agent.errors}</td>
              <td>{formatDuration(agent.durationUs)}</td>
              <td>{formatCount(agent.tokens)}</td>
              <td>{agent.costUsd === 0 ? '' : formatCost(agent.costUsd)}</td>
              <td>
                <div className="graph-uses">
                  <Uses uses={[...agent.models, ...agent.tools]} onChoose={onChoose} />
                </div>
              </td>
            </tr>
          ))}
          <MoreRow columns={7} left={agents.length - agentCount} onMore={showAgents} />
        </tbody>
      </table>
      {edges.length > 0 && (
        <table>
          <caption>Who calls whom</caption>
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">How</th>
              <th scope="col">To</th>
              <th scope="col">Times</th>
            </tr>
          </thead>
          <tbody>
            {edges.slice(0, edgeCount).map((edge) => (
              <tr key={`${edge.from} ${edge.kind} ${edge.to}`}>
                <td>{visibleName(edge.from, 80)}</td>
                <td>{HOW[edge.kind]}</td>
                <td>{visibleName(edge.to, 80)}</td>
                <td>{edge.count}</td>
              </tr>
            ))}
            <MoreRow columns={4} left={edges.length - edgeCount} onMore={showEdges} />
          </tbody>
        </table>
      )}
    </div>
  );
}

function Uses({
  uses,
  onChoose,
}: {
  uses: readonly Use[];
  onChoose: (spanIds: readonly SpanId[]) => void;
}): ReactNode {
  const shown = uses.slice(0, MOST_USES);
  const rest = uses.slice(shown.length);
  return (
    <>
      {shown.map((use) => (
        <button key={use.name} type="button" onClick={() => onChoose(use.spanIds)}>
          {visibleName(use.name, 60)} {use.calls}×
          {use.errors > 0 && <span className="graph-errors"> {use.errors} failed</span>}
          {use.lost > 0 && <span className="graph-lost"> {use.lost} lost</span>}
        </button>
      ))}
      {rest.length > 0 && (
        <button type="button" onClick={() => onChoose(rest.flatMap(({ spanIds }) => spanIds))}>
          {rest.length.toLocaleString()} more
        </button>
      )}
    </>
  );
}

function MoreRow({
  columns,
  left,
  onMore,
}: {
  columns: number;
  left: number;
  onMore: () => void;
}): ReactNode {
  if (left <= 0) return null;
  return (
    <tr>
      <td colSpan={columns}>
        <button type="button" onClick={onMore}>
          Show more
        </button>{' '}
        <span className="quiet">{left.toLocaleString()} more</span>
      </td>
    </tr>
  );
}

const HOW: Readonly<Record<AgentEdge['kind'], string>> = {
  call: 'calls',
  handoff: 'hands over to',
  next: 'is followed by',
};
