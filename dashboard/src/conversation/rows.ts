import type { WatchedSpan, WatchedTree } from '@spantail/client';
import { readText, type SpanFacts, type SpanId } from '@spantail/protocol';

/** One entry of what an agent said and did. */
export interface ConversationRow {
  /** Of the span it tells of. */
  key: SpanId;
  kind: 'agent' | 'call' | 'action' | 'handoff' | 'failure';
  span: WatchedSpan;
  /** Agents above it: their threads are indented. */
  depth: number;
  /** Of a call: the one before it in the same thread, whose input it repeats. */
  previous?: WatchedSpan;
  /** Of an agent: its calls tell what it was asked. */
  asksByCalls?: true;
  /** Beginnings of what agents above it were asked, which need not be told again. */
  heard: readonly string[];
  /**
   * Of a call: tools and agents that have rows of their own; what else it called it tells itself.
   * `undefined` while that may still come.
   */
  told?: readonly string[];
}

interface Level {
  depth: number;
  threadKey: string;
  /** The row it is below, as far as that tells what is in it. */
  inside: 'thread' | 'call' | 'action';
  /** Beginning of what the thread's agent was asked, and those above it. */
  asked: string | undefined;
  heard: readonly string[];
}

const TOP: Level = { depth: 0, threadKey: '', inside: 'thread', asked: undefined, heard: [] };

/**
 * What a run's agents said and did, top to bottom: a sub-agent's thread stands below the step that
 * called it. What only repeats is left out: a provider's span inside a model call, a transport's
 * inside a tool call, a frame around one agent, steps that carry no news.
 */
export function rowsOf(
  tree: WatchedTree,
  factsOf: (span: WatchedSpan) => SpanFacts,
): ConversationRow[] {
  const rows: ConversationRow[] = [];
  /** The last call of each thread. */
  const lastCalls = new Map<string, WatchedSpan>();
  const agentRows = new Map<string, ConversationRow>();
  /** Calls that others of their thread came after. */
  const followed = new Set<WatchedSpan>();
  const told = new Set<string>();
  const levels: Level[] = [];
  for (const { span, depth } of tree.walk()) {
    const above = levels[depth - 1] ?? TOP;
    const level = { ...above };
    levels[depth] = level;
    levels.length = depth + 1;
    switch (span.spanType) {
      case 'agent': {
        level.inside = 'thread';
        addNames(told, span, factsOf(span).agent);
        if (isFrame(span)) break;
        // The same agent called again by the same caller goes on with its thread.
        level.threadKey = `${span.parentSpanId ?? ''} ${factsOf(span).agent ?? span.name}`;
        level.heard = above.asked === undefined ? above.heard : [...above.heard, above.asked];
        level.asked = span.input?.preview;
        const { heard } = level;
        const row = rowOf('agent', span, above.depth, heard);
        level.depth = above.depth + 1;
        rows.push(row);
        agentRows.set(level.threadKey, row);
        break;
      }
      case 'model': {
        if (above.inside === 'call') break;
        level.inside = 'call';
        const previous = lastCalls.get(level.threadKey);
        const row = rowOf('call', span, level.depth, level.heard);
        if (previous !== undefined) {
          row.previous = previous;
          followed.add(previous);
        }
        rows.push(row);
        if (span.input !== undefined) {
          lastCalls.set(level.threadKey, span);
          const agent = agentRows.get(level.threadKey);
          if (agent !== undefined) agent.asksByCalls = true;
        }
        break;
      }
      case 'handoff':
        addNames(told, span, undefined);
        rows.push(rowOf('handoff', span, level.depth, level.heard));
        break;
      case 'tool':
      case 'retrieval':
      case 'guardrail': {
        if (above.inside === 'action') break;
        level.inside = 'action';
        addNames(told, span, undefined);
        rows.push(rowOf('action', span, level.depth, level.heard));
        break;
      }
      default:
        if (isNewFailure(span) && above.inside === 'thread')
          rows.push(rowOf('failure', span, level.depth, level.heard));
    }
  }
  const names = [...told].toSorted();
  for (const row of rows)
    if (row.kind === 'call' && (tree.openCount === 0 || followed.has(row.span))) row.told = names;
  return rows;
}

/** What a model may call it by: a step that calls an agent begins with the tool's name. */
function addNames(names: Set<string>, span: WatchedSpan, agent: string | undefined): void {
  const tool = readText(span.attributes, ['gen_ai.tool.name']);
  const [first] = span.name.split(' ', 1);
  for (const name of [span.name, first, tool, agent]) if (name) names.add(name);
}

function rowOf(
  kind: ConversationRow['kind'],
  span: WatchedSpan,
  depth: number,
  heard: readonly string[],
): ConversationRow {
  return { key: span.spanId, kind, span, depth, heard };
}

/** An agent's span around one other agent's: a call of it, or a framework's loop. */
function isFrame({ children, error }: WatchedSpan): boolean {
  const [only] = children;
  return children.length === 1 && only?.spanType === 'agent' && error === undefined;
}

/** It failed, and nothing directly below it says so already. */
function isNewFailure({ status, children }: WatchedSpan): boolean {
  return status === 'error' && !children.some((child) => child.status === 'error');
}
