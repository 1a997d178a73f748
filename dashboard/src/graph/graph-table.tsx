import type { ReactNode } from 'react';
import type { SpanId } from '@spantail/protocol';
import { formatCost, formatCount, formatDuration } from '../format/quantities.ts';
import { visibleName } from '../payload/visible-text.ts';
import type { AgentEdge, AgentGraph } from './agent-graph.ts';

/** The same as text: for readers of tables, and for screen readers. */
export function GraphTable({
  graph: { agents, edges },
  onChoose,
}: {
  graph: AgentGraph;
  onChoose: (spanIds: readonly SpanId[]) => void;
}): ReactNode {
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
          {agents.map((agent) => (
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
              <td>{agent.spanIds.length}</td>
              <td>{agent.errors}</td>
              <td>{formatDuration(agent.durationUs)}</td>
              <td>{formatCount(agent.tokens)}</td>
              <td>{agent.costUsd === 0 ? '' : formatCost(agent.costUsd)}</td>
              <td>
                <div className="graph-uses">
                  {[...agent.models, ...agent.tools].map((use) => (
                    <button key={use.name} type="button" onClick={() => onChoose(use.spanIds)}>
                      {visibleName(use.name, 60)} {use.calls}×
                      {use.errors > 0 && <span className="graph-errors"> {use.errors} failed</span>}
                    </button>
                  ))}
                </div>
              </td>
            </tr>
          ))}
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
            {edges.map((edge) => (
              <tr key={`${edge.from} ${edge.kind} ${edge.to}`}>
                <td>{visibleName(edge.from, 80)}</td>
                <td>{HOW[edge.kind]}</td>
                <td>{visibleName(edge.to, 80)}</td>
                <td>{edge.count}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

const HOW: Readonly<Record<AgentEdge['kind'], string>> = {
  call: 'calls',
  handoff: 'hands over to',
  next: 'is followed by',
};
