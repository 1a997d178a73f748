import type { Attributes, SpanLog, SpanStatus, TimeUs } from '@spantail/protocol';
import type { RecordedAction, SpanKey } from '../../recorded/action.ts';
import type { JsonObject } from '../../source/json-value.ts';
import { asArray, asObject, asString, defined } from '../../source/json-value.ts';
import { AgentTrack } from './agent-track.ts';
import type { AgentProgressLine, NoteLine, SessionLine, UserLine } from './line.ts';
import type { ModelSpan } from './model-span.ts';
import type { ToolSpan } from './tool-span.ts';
import { closeTool, growTool, isToolUse, openTool, toolKey } from './tool-span.ts';

const ROOT: SpanKey = 'session';
/** Sub-agents the program itself starts to summarise the context; no `Task` call names them. */
const COMPACT_AGENT = 'acompact';

/**
 * Turns the lines of a session, main file and sub-agents' files, into what happened. Holds state
 * and does no I/O; whole files and followed ones go through it alike. Lines may come in any order
 * that puts a `tool_use` ahead of its result; a line seen before changes nothing. What comes behind
 * a span's end is an update behind its end, which whole files put right (`late.ts`).
 */
export class SessionReader {
  readonly #seen = new Set<string>();
  readonly #agents = new Map<string, AgentTrack>();
  readonly #tools = new Map<string, ToolSpan>();
  readonly #models = new Map<string, ModelSpan>();
  /** Sub-agent → the `Task` call that started it. */
  readonly #links = new Map<string, string>();
  /** Lines of sub-agents whose `Task` call is not known yet. */
  readonly #parked = new Map<string, SessionLine[]>();
  readonly #sessionId: string;
  #root: AgentTrack | undefined;
  #rootHasInput = false;

  constructor(sessionId: string) {
    this.#sessionId = sessionId;
  }

  /** What the next line means. */
  push(line: SessionLine): RecordedAction[] {
    if (line.uuid !== undefined) {
      if (this.#seen.has(line.uuid)) return [];
      this.#seen.add(line.uuid);
    }
    return [...this.#openRoot(line), ...this.#take(line)];
  }

  /**
   * Nothing more will come. What is still open ends at its agent's last line.
   *
   * @param status of spans that did not end by themselves; the session's own is `ok` for `finished`
   */
  end(reason: 'finished' | 'stopped'): RecordedAction[] {
    const actions = [...this.#parked.keys()].flatMap((agentId) => this.#unpark(agentId));
    const stopped: Attributes =
      reason === 'stopped' ? { 'spantail.ended_by': 'watching stopped' } : {};
    const root = this.#root;
    if (root === undefined) return actions;
    for (const track of [root, ...this.#agents.values()]) actions.push(...track.endModel());
    for (const tool of this.#tools.values()) {
      if (tool.closed) continue;
      tool.closed = true;
      const attributes = reason === 'stopped' ? stopped : { 'spantail.ended_by': 'end of the log' };
      const atUs = this.#trackOf(tool.agentKey)?.lastUs ?? root.lastUs;
      actions.push(endSpan(tool.key, atUs, 'unset', attributes));
    }
    const status = reason === 'finished' ? 'ok' : 'unset';
    for (const track of this.#agents.values())
      if (!track.closed) actions.push(...endAgent(track, status, stopped));
    actions.push(...endAgent(root, status, stopped));
    return actions;
  }

  #openRoot(line: SessionLine): RecordedAction[] {
    if (this.#root !== undefined) {
      this.#root.lastUs = Math.max(this.#root.lastUs, line.atUs);
      return [];
    }
    this.#root = new AgentTrack(ROOT, line.atUs, this.#models);
    return [
      {
        type: 'open',
        key: ROOT,
        atUs: line.atUs,
        startUs: line.atUs,
        name: 'claude-code',
        spanType: 'agent',
        attributes: {
          'gen_ai.operation.name': 'invoke_agent',
          'gen_ai.agent.name': 'claude-code',
          'gen_ai.provider.name': 'anthropic',
          'gen_ai.conversation.id': this.#sessionId,
        },
      },
    ];
  }

  #take(line: SessionLine): RecordedAction[] {
    const { agentId } = line;
    if (agentId === undefined) return this.#root === undefined ? [] : this.#apply(line, this.#root);
    const known = this.#agents.get(agentId);
    if (known !== undefined) return this.#apply(line, known);
    if (!this.#links.has(agentId)) this.#linkByPrompt(agentId, line);
    if (this.#links.has(agentId) || agentId.startsWith(COMPACT_AGENT))
      return this.#openAgent(agentId, line);
    this.#parked.set(agentId, [...(this.#parked.get(agentId) ?? []), line]);
    return [];
  }

  #apply(line: SessionLine, track: AgentTrack): RecordedAction[] {
    track.lastUs = Math.max(track.lastUs, line.atUs);
    switch (line.type) {
      case 'assistant':
        return [
          ...track.assistant(line),
          ...line.blocks
            .filter(isToolUse)
            .flatMap((block) => this.#openTool(block, track.key, line.atUs)),
        ];
      case 'user':
        return this.#user(line, track);
      case 'shell_progress': {
        const tool = this.#tools.get(line.toolId);
        return tool === undefined ? [] : growTool(tool, line.fullOutput, line.atUs);
      }
      case 'agent_progress':
        return this.#agentProgress(line);
      case 'compact':
        return [
          ...track.restart(line.atUs),
          log(track.key, line.atUs, 'context compacted', line.details),
        ];
      case 'note':
        return this.#note(line, track);
      default:
        return line satisfies never;
    }
  }

  #openTool(block: JsonObject, agentKey: SpanKey, atUs: TimeUs): RecordedAction[] {
    const id = asString(block['id']) ?? '';
    if (this.#tools.has(id)) return [];
    const { span, action } = openTool(block, agentKey, atUs);
    this.#tools.set(id, span);
    return [action];
  }

  #user(line: UserLine, track: AgentTrack): RecordedAction[] {
    const actions = track.user(line);
    for (const result of line.results) {
      const tool = this.#tools.get(asString(result['tool_use_id']) ?? '');
      if (tool === undefined || tool.closed) continue;
      actions.push(...this.#finishAgent(line, asString(result['tool_use_id']) ?? ''));
      actions.push(...closeTool(tool, result, line.atUs));
    }
    if (line.results.length > 0 || track !== this.#root || line.meta) return actions;
    if (this.#rootHasInput) {
      const prompt = promptText(line).slice(0, PROMPT_CHARACTERS);
      return [...actions, log(ROOT, line.atUs, `user: ${prompt}`)];
    }
    this.#rootHasInput = true;
    return [...actions, { type: 'update', key: ROOT, atUs: line.atUs, input: line.content }];
  }

  /** A `Task` call's result names the sub-agent, and says whether it is done or goes on behind. */
  #finishAgent(line: UserLine, toolId: string): RecordedAction[] {
    const result = asObject(line.toolUseResult);
    const agentId = asString(result?.['agentId']);
    if (agentId === undefined) return [];
    const actions = this.#link(agentId, toolId);
    const track = this.#agents.get(agentId);
    if (track === undefined || track.closed || result?.['status'] !== 'completed') return actions;
    return [...actions, ...track.endModel(), ...endAgent(track, 'ok', {})];
  }

  #agentProgress({ linkedAgentId, toolId, line }: AgentProgressLine): RecordedAction[] {
    const actions = this.#link(linkedAgentId, toolId);
    return line === undefined ? actions : [...actions, ...this.push(line)];
  }

  #link(agentId: string, toolId: string): RecordedAction[] {
    if (!this.#tools.has(toolId) || this.#links.has(agentId)) return [];
    this.#links.set(agentId, toolId);
    return this.#unpark(agentId);
  }

  /** A sub-agent begins with the prompt of the call that started it, word for word. */
  #linkByPrompt(agentId: string, line: SessionLine): void {
    if (line.type !== 'user') return;
    const prompt = promptText(line);
    const linked = new Set(this.#links.values());
    for (const [id, tool] of this.#tools)
      if (!tool.closed && !linked.has(id) && tool.input['prompt'] === prompt) {
        this.#links.set(agentId, id);
        return;
      }
  }

  #unpark(agentId: string): RecordedAction[] {
    const [first, ...rest] = this.#parked.get(agentId) ?? [];
    this.#parked.delete(agentId);
    if (first === undefined) return [];
    return [...this.#openAgent(agentId, first), ...rest.flatMap((line) => this.#take(line))];
  }

  #openAgent(agentId: string, line: SessionLine): RecordedAction[] {
    const toolId = this.#links.get(agentId);
    const tool = toolId === undefined ? undefined : this.#tools.get(toolId);
    const name =
      asString(tool?.input['subagent_type']) ??
      (agentId.startsWith(COMPACT_AGENT) ? 'compact' : 'sub-agent');
    const track = new AgentTrack(`agent:${agentId}`, line.atUs, this.#models);
    this.#agents.set(agentId, track);
    return [
      {
        type: 'open',
        key: track.key,
        parentKey: toolId === undefined ? ROOT : toolKey(toolId),
        atUs: line.atUs,
        startUs: line.atUs,
        name,
        spanType: 'agent',
        attributes: defined<Attributes>({
          'gen_ai.operation.name': 'invoke_agent',
          'gen_ai.agent.id': agentId,
          'gen_ai.agent.name': name,
        }),
        ...(line.type === 'user' ? { input: line.content } : {}),
      },
      ...this.#apply(line, track),
    ];
  }

  #note(line: NoteLine, track: AgentTrack): RecordedAction[] {
    const ended = line.turnEnd ? track.endModel() : [];
    const tool = line.toolId === undefined ? undefined : this.#tools.get(line.toolId);
    const key = tool === undefined || tool.closed ? track.key : tool.key;
    return [...ended, log(key, line.atUs, line.message, line.attributes)];
  }

  #trackOf(key: SpanKey): AgentTrack | undefined {
    return [...this.#agents.values()].find((track) => track.key === key);
  }
}

/** Longest prompt shown in a log line; the whole of it is in the next call's input. */
const PROMPT_CHARACTERS = 1_000;

function promptText(line: UserLine): string {
  if (typeof line.content === 'string') return line.content;
  const blocks = asArray(line.content) ?? [];
  return blocks.map((block) => asString(asObject(block)?.['text']) ?? '').join('\n');
}

function log(
  key: SpanKey,
  timeUs: TimeUs,
  message: string,
  attributes: JsonObject = {},
): RecordedAction {
  const entry: SpanLog =
    Object.keys(attributes).length === 0 ? { timeUs, message } : { timeUs, message, attributes };
  return { type: 'update', key, atUs: timeUs, logs: [entry] };
}

function endAgent(track: AgentTrack, status: SpanStatus, attributes: Attributes): RecordedAction[] {
  track.closed = true;
  const close = endSpan(track.key, track.lastUs, status, attributes);
  return [track.lastText === undefined ? close : { ...close, output: track.lastText }];
}

function endSpan(
  key: SpanKey,
  endUs: TimeUs,
  status: SpanStatus,
  attributes: Attributes,
): RecordedAction & { type: 'close' } {
  return { type: 'close', key, atUs: endUs, endUs, status, attributes };
}
