import type { AgentEdge, AgentNode } from './agent-graph.ts';

/** Names are the agents' choice, and thousands of boxes nobody's: the rest is one. */
export const MOST_AGENTS = 60;
export const REST_ID = 'rest';

export interface AgentBoxes {
  shown: readonly AgentNode[];
  rest: readonly AgentNode[];
  /** Between ids of boxes; those to and from the rest together. */
  edges: readonly AgentEdge[];
}

export function boxId(name: string): string {
  return `agent ${name}`;
}

/** Agents that have a box of their own, in the order in which they came, and lines between all. */
export function boxAgents(agents: readonly AgentNode[], edges: readonly AgentEdge[]): AgentBoxes {
  const shown = agents.length <= MOST_AGENTS + 1 ? agents : agents.slice(0, MOST_AGENTS);
  const ids = new Map(shown.map(({ name }) => [name, boxId(name)]));
  const merged = new Map<string, AgentEdge>();
  for (const { from, to, kind, count, isActive } of edges) {
    const ends = { from: ids.get(from) ?? REST_ID, to: ids.get(to) ?? REST_ID };
    if (ends.from === REST_ID && ends.to === REST_ID) continue;
    const key = JSON.stringify([ends.from, ends.to, kind]);
    const edge = merged.get(key) ?? { ...ends, kind, count: 0, isActive: false };
    edge.count += count;
    edge.isActive ||= isActive;
    merged.set(key, edge);
  }
  return { shown, rest: agents.slice(shown.length), edges: [...merged.values()] };
}
