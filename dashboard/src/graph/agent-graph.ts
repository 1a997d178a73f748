import type { WatchedSpan, WatchedTree } from '@spantail/client';
import { readText, type SpanFacts, type SpanId } from '@spantail/protocol';
import { isFailed } from '../run/is-failed.ts';

/** Something an agent used, one or many times. */
export interface Use {
  name: string;
  calls: number;
  errors: number;
  lost: number;
  open: number;
  tokens: number;
  spanIds: SpanId[];
}

export interface AgentNode {
  name: string;
  spanIds: SpanId[];
  /** How often it was called: a span around one of the same agent is the same call. */
  calls: number;
  errors: number;
  lost: number;
  /** It works now, rather than waits for an agent below it. */
  isActive: boolean;
  /** In its spans, those of agents below included; one inside another of itself counts once. */
  durationUs: number;
  tokens: number;
  costUsd: number;
  tools: Use[];
  models: Use[];
}

export interface AgentEdge {
  from: string;
  to: string;
  /** `call`: below it; `handoff`: said so; `next`: its turn came when the other's was over. */
  kind: 'call' | 'handoff' | 'next';
  count: number;
  isActive: boolean;
}

export interface AgentGraph {
  agents: AgentNode[];
  edges: AgentEdge[];
}

interface Level {
  span: WatchedSpan;
  agent: Working | undefined;
  /** Inside of a model call: a span of its provider repeats its tokens. */
  isInCall: boolean;
  isInTool: boolean;
  /** The last agent that had its turn directly below. */
  lastChild: { node: Working; endUs: number | undefined } | undefined;
}

interface Working extends AgentNode {
  openAgents: number;
  openSteps: number;
  openChildren: number;
  toolsByName: Map<string, Use>;
  modelsByName: Map<string, Use>;
}

/**
 * A run's agents, what they used and how they called each other. Spans of an agent of one name are
 * one node. What stands below no agent belongs to one named after the run's root.
 */
export function agentGraph(
  tree: WatchedTree,
  factsOf: (span: WatchedSpan) => SpanFacts,
  nowUs: number,
): AgentGraph {
  const builder = new GraphBuilder(factsOf, nowUs);
  const levels: Level[] = [];
  let root = '';
  for (const { span, depth } of tree.walk()) {
    if (depth === 0) root = span.name;
    const above = levels[depth - 1];
    levels[depth] = builder.add(span, above, root);
    levels.length = depth + 1;
  }
  return builder.finish();
}

class GraphBuilder {
  readonly #factsOf: (span: WatchedSpan) => SpanFacts;
  readonly #nowUs: number;
  readonly #agents = new Map<string, Working>();
  readonly #edges = new Map<string, AgentEdge>();
  /** Whose agents followed each other. */
  readonly #callers = new Map<AgentEdge, Working | undefined>();

  constructor(factsOf: (span: WatchedSpan) => SpanFacts, nowUs: number) {
    this.#factsOf = factsOf;
    this.#nowUs = nowUs;
  }

  add(span: WatchedSpan, above: Level | undefined, root: string): Level {
    const level: Level = {
      span,
      agent: above?.agent,
      isInCall: above?.isInCall ?? false,
      isInTool: above?.isInTool ?? false,
      lastChild: undefined,
    };
    switch (span.spanType) {
      case 'agent':
        level.agent = this.#addAgent(span, above);
        level.isInCall = false;
        level.isInTool = false;
        break;
      case 'model':
        if (!level.isInCall) this.#addCall(span, (level.agent ??= this.#agent(root || 'run')));
        level.isInCall = true;
        break;
      case 'tool':
      case 'retrieval':
        if (!level.isInTool) this.#addTool(span, (level.agent ??= this.#agent(root || 'run')));
        level.isInTool = true;
        break;
      case 'handoff':
        this.#addHandoff(span, level.agent);
        break;
      default:
    }
    if (span.state === 'open' && span.spanType !== 'agent' && level.agent !== undefined)
      level.agent.openSteps++;
    return level;
  }

  finish(): AgentGraph {
    const agents = [...this.#agents.values()].map((agent): AgentNode => {
      const { name, spanIds, calls, errors, lost, durationUs, tokens, costUsd } = agent;
      const { openAgents, openSteps, openChildren, toolsByName, modelsByName } = agent;
      return {
        name,
        spanIds,
        calls,
        errors,
        lost,
        isActive: openSteps > 0 || (openAgents > 0 && openChildren === 0),
        durationUs,
        tokens,
        costUsd,
        tools: mostUsed(toolsByName),
        models: mostUsed(modelsByName),
      };
    });
    return { agents, edges: this.#clearEdges() };
  }

  #addAgent(span: WatchedSpan, above: Level | undefined): Working {
    const node = this.#agent(this.#factsOf(span).agent ?? (span.name || 'agent'));
    const parent = above?.agent;
    const isOpen = span.state === 'open';
    node.spanIds.push(span.spanId);
    const around = parent === node && above !== undefined ? frameOf(above.span) : undefined;
    if (around === undefined) node.calls++;
    if (isFailed(span) && (around === undefined || !isFailed(around))) node.errors++;
    if (span.state === 'lost' && around?.state !== 'lost') node.lost++;
    if (isOpen) node.openAgents++;
    if (parent === node) {
      if (isOpen) node.openChildren++;
      return node;
    }
    if (span.startUs !== undefined)
      node.durationUs += Math.max(
        0,
        (span.endUs ?? (isOpen ? this.#nowUs : span.startUs)) - span.startUs,
      );
    if (parent !== undefined) {
      this.#connect(parent.name, node.name, 'call', isOpen);
      if (isOpen) parent.openChildren++;
    }
    if (above !== undefined) {
      const before = above.lastChild;
      // Those that work at the same time do not follow each other.
      const follows = before?.endUs !== undefined && (span.startUs ?? 0) >= before.endUs;
      if (before !== undefined && follows && before.node !== node)
        this.#callers.set(this.#connect(before.node.name, node.name, 'next', isOpen), parent);
      above.lastChild = { node, endUs: span.endUs };
    }
    return node;
  }

  #addCall(span: WatchedSpan, agent: Working): void {
    const { model, usage } = this.#factsOf(span);
    const tokens = (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0);
    agent.tokens += tokens;
    agent.costUsd += usage.costUsd ?? 0;
    count(agent.modelsByName, model ?? (span.name || 'model'), span, tokens);
  }

  #addTool(span: WatchedSpan, agent: Working): void {
    const name = readText(span.attributes, ['gen_ai.tool.name']) ?? (span.name || 'tool');
    count(agent.toolsByName, name, span, 0);
  }

  #addHandoff(span: WatchedSpan, agent: Working | undefined): void {
    const { attributes, state } = span;
    const from = readText(attributes, ['handoff.from']) ?? agent?.name;
    const to =
      readText(attributes, ['handoff.to']) ??
      /(?:handoff|transfer|delegate)[ _](?:back[ _])?to[ _](.+)$/i.exec(span.name)?.[1];
    if (from === undefined || to === undefined || from === to) return;
    this.#agent(from);
    this.#agent(to);
    this.#connect(from, to, 'handoff', state === 'open');
  }

  #agent(name: string): Working {
    const known = this.#agents.get(name);
    if (known !== undefined) return known;
    const made: Working = {
      name,
      spanIds: [],
      calls: 0,
      errors: 0,
      lost: 0,
      isActive: false,
      durationUs: 0,
      tokens: 0,
      costUsd: 0,
      tools: [],
      models: [],
      openAgents: 0,
      openSteps: 0,
      openChildren: 0,
      toolsByName: new Map(),
      modelsByName: new Map(),
    };
    this.#agents.set(name, made);
    return made;
  }

  #connect(from: string, to: string, kind: AgentEdge['kind'], isActive: boolean): AgentEdge {
    const key = JSON.stringify([from, to, kind]);
    const edge = this.#edges.get(key) ?? { from, to, kind, count: 0, isActive: false };
    edge.count++;
    edge.isActive ||= isActive;
    this.#edges.set(key, edge);
    return edge;
  }

  /**
   * A turn that followed tells something where nothing else does: no handoff was said, and no caller
   * decided it by itself between the two.
   */
  #clearEdges(): AgentEdge[] {
    const said = new Set<string>();
    for (const { from, to, kind } of this.#edges.values())
      if (kind !== 'next') said.add(JSON.stringify([from, to]));
    return [...this.#edges.values()].filter((edge) => {
      if (edge.kind !== 'next') return true;
      const caller = this.#callers.get(edge);
      const decides = caller !== undefined && caller.modelsByName.size > 0;
      return !decides && !said.has(JSON.stringify([edge.from, edge.to]));
    });
  }
}

/** The span itself where it is but a frame around one agent: the step that called it. */
function frameOf(span: WatchedSpan): WatchedSpan | undefined {
  return span.spanType === 'agent' && span.children.length === 1 ? span : undefined;
}

function count(uses: Map<string, Use>, name: string, span: WatchedSpan, tokens: number): void {
  const use = uses.get(name) ?? unused(name);
  uses.set(name, use);
  use.calls++;
  use.tokens += tokens;
  use.spanIds.push(span.spanId);
  if (isFailed(span)) use.errors++;
  if (span.state === 'lost') use.lost++;
  if (span.state === 'open') use.open++;
}

function unused(name: string): Use {
  return { name, calls: 0, errors: 0, lost: 0, open: 0, tokens: 0, spanIds: [] };
}

function mostUsed(uses: Map<string, Use>): Use[] {
  return [...uses.values()].toSorted((a, b) => b.calls - a.calls || (a.name < b.name ? -1 : 1));
}
