import type { ReactNode } from 'react';
import type { SpanId } from '@spantail/protocol';
import { formatCost, formatCount, formatDuration } from '../format/quantities.ts';
import { visibleName } from '../payload/visible-text.ts';
import { TypeIcon } from '../tree/type-icon.tsx';
import type { AgentNode, Use } from './agent-graph.ts';
import type { PictureNode } from './picture.ts';
import { shortName } from './short-name.ts';

/** A box of the picture. Each press selects the next of its spans. */
export function GraphNode({
  node,
  selectedId,
  onChoose,
}: {
  node: PictureNode;
  selectedId: SpanId | undefined;
  onChoose: (spanIds: readonly SpanId[]) => void;
}): ReactNode {
  const { x, y, width, height } = node;
  const place = { left: x, top: y, width, height };
  if (node.kind === 'agent') {
    const { agent, listed, more } = node;
    return (
      <div className={boxClass('graph-agent', agent, selectedId)} style={place}>
        <AgentHead agent={agent} onChoose={onChoose} />
        {listed.length > 0 && (
          <ul className="graph-tools">
            {listed.map((use) => (
              <li key={use.name}>
                <UseButton use={use} onChoose={onChoose} />
              </li>
            ))}
            {more > 0 && <li className="graph-more">{more} more tools</li>}
          </ul>
        )}
      </div>
    );
  }
  if (node.kind === 'rest')
    return (
      <button
        type="button"
        className={`graph-use${node.isActive ? ' is-active' : ''}`}
        style={place}
        onClick={() => onChoose(node.spanIds)}
      >
        <span className="graph-name">{node.label}</span>
        <span className="graph-calls">{formatCount(node.calls)}×</span>
      </button>
    );
  const { use, kind } = node;
  const isSelected = selectedId !== undefined && use.spanIds.includes(selectedId);
  return (
    <button
      type="button"
      className={`graph-use is-${kind}${use.open > 0 ? ' is-active' : ''}${isSelected ? ' is-selected' : ''}`}
      style={place}
      title={titleOf(use)}
      onClick={() => onChoose(use.spanIds)}
    >
      <TypeIcon type={kind} />
      <span className="graph-name">{shortName(use.name)}</span>
      <Calls use={use} />
    </button>
  );
}

function AgentHead({
  agent,
  onChoose,
}: {
  agent: AgentNode;
  onChoose: (spanIds: readonly SpanId[]) => void;
}): ReactNode {
  const { name, spanIds, calls, errors, lost, isActive, durationUs, tokens, costUsd } = agent;
  return (
    <button
      type="button"
      className="graph-head"
      title={visibleName(name)}
      disabled={spanIds.length === 0}
      onClick={() => onChoose(spanIds)}
    >
      <span className="graph-title">
        <TypeIcon type="agent" size={16} />
        <strong className="graph-name">{shortName(name)}</strong>
        {isActive && <span className="graph-pulse" role="img" aria-label="working" />}
        {lost > 0 && <span className="graph-lost">lost</span>}
        {errors > 0 && <span className="graph-errors">{errors} failed</span>}
      </span>
      <span className="graph-facts">
        {calls > 1 && <span>{calls}×</span>}
        {durationUs > 0 && <span>{formatDuration(durationUs)}</span>}
        {tokens > 0 && <span>{formatCount(tokens)} tokens</span>}
        {costUsd > 0 && <span>{formatCost(costUsd)}</span>}
      </span>
    </button>
  );
}

function UseButton({
  use,
  onChoose,
}: {
  use: Use;
  onChoose: (spanIds: readonly SpanId[]) => void;
}): ReactNode {
  return (
    <button
      type="button"
      className={`graph-tool${use.open > 0 ? ' is-active' : ''}`}
      title={titleOf(use)}
      onClick={() => onChoose(use.spanIds)}
    >
      <TypeIcon type="tool" size={12} />
      <span className="graph-name">{shortName(use.name)}</span>
      <Calls use={use} />
    </button>
  );
}

function Calls({ use: { calls, errors, lost, tokens } }: { use: Use }): ReactNode {
  return (
    <span className="graph-calls">
      {lost > 0 && <span className="graph-lost">{lost} lost</span>}
      {errors > 0 && <span className="graph-errors">{errors} failed</span>}
      {tokens > 0 && <span>{formatCount(tokens)} tokens</span>}
      <span>{formatCount(calls)}×</span>
    </span>
  );
}

function titleOf({ name, calls, errors, lost }: Use): string {
  const failed = errors === 0 ? '' : `, ${errors} of them failed`;
  const gone = lost === 0 ? '' : `, ${lost} of them lost`;
  return `${visibleName(name)}: ${calls} ${calls === 1 ? 'call' : 'calls'}${failed}${gone}`;
}

function boxClass(base: string, agent: AgentNode, selectedId: SpanId | undefined): string {
  const isSelected = selectedId !== undefined && agent.spanIds.includes(selectedId);
  return [
    base,
    agent.isActive ? 'is-active' : '',
    agent.lost > 0 ? 'has-lost' : agent.errors > 0 ? 'has-errors' : '',
    isSelected ? 'is-selected' : '',
  ]
    .filter((name) => name !== '')
    .join(' ');
}
