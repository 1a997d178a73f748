import { fieldsOf } from '../adapter/fields-of.ts';
import type { EndOptions } from '../tracer/span-options.ts';
import type { Span } from '../tracer/span.ts';
import { textOf } from './read.ts';

/** Tools that start an agent of their own. */
const AGENT_TOOLS = new Set(['Task', 'Agent']);

interface Tool {
  span: Span;
  name: string;
  input: unknown;
  /** The agent that it started; it may go on behind its end. */
  agent?: Span;
}

/** The tool calls of a query, and the agents below them. */
export class ToolSpans {
  readonly #root: Span;
  /** Also those that are over: messages that name one may be read after its hook was called. */
  readonly #tools = new Map<string, Tool>();
  readonly #agents = new Map<string, Span>();

  constructor(root: Span) {
    this.#root = root;
  }

  /** Whose messages name a tool call as their parent. */
  agentOf(toolUseId: string | undefined): Span {
    const tool = toolUseId === undefined ? undefined : this.#tools.get(toolUseId);
    return tool?.agent ?? tool?.span ?? this.#root;
  }

  promptOf(toolUseId: string): unknown {
    return fieldsOf(this.#tools.get(toolUseId)?.input)['prompt'];
  }

  start(toolUseId: string, name: string, input: unknown, parent: Span): void {
    const known = this.#tools.get(toolUseId);
    if (known !== undefined) return;
    const span = parent.startSpan(name, {
      type: 'tool',
      input,
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': name,
        'gen_ai.tool.call.id': toolUseId,
      },
    });
    this.#tools.set(toolUseId, { span, name, input });
  }

  deny(toolUseId: string, reason: string): void {
    const tool = this.#tools.get(toolUseId);
    if (tool === undefined) return;
    tool.span
      .setAttributes({ 'claude.permission_denied': true })
      .fail(namedError('PermissionDenied', reason));
    this.end(toolUseId);
  }

  end(toolUseId: string, options: EndOptions = {}): void {
    const tool = this.#tools.get(toolUseId);
    if (tool === undefined) return;
    tool.span.end(options);
    if (!AGENT_TOOLS.has(tool.name)) tool.input = undefined;
  }

  isOpen(toolUseId: string): boolean {
    return this.#tools.get(toolUseId)?.span.ended === false;
  }

  /** The span of an agent by its own id; the main one has none. */
  agent(agentId: string | undefined): Span {
    return (agentId === undefined ? undefined : this.#agents.get(agentId)) ?? this.#root;
  }

  startAgent(agentId: string, type: string | undefined, toolUseId: string | undefined): void {
    if (this.#agents.has(agentId)) return;
    const tool =
      (toolUseId === undefined ? undefined : this.#tools.get(toolUseId)) ?? this.#starterOf(type);
    const parent = tool?.span ?? this.#root;
    const name = type ?? 'agent';
    const prompt = fieldsOf(tool?.input)['prompt'];
    const span = parent.startSpan(name, {
      type: 'agent',
      ...(prompt === undefined ? {} : { input: prompt }),
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': name,
        'gen_ai.agent.id': agentId,
      },
    });
    if (tool !== undefined) tool.agent = span;
    this.#agents.set(agentId, span);
  }

  endAgent(agentId: string, output: string | undefined): void {
    this.#agents.get(agentId)?.end(output === undefined ? {} : { output });
  }

  endAll(options: EndOptions): void {
    for (const agent of this.#agents.values()) agent.end(options);
    for (const toolUseId of this.#tools.keys()) this.end(toolUseId, options);
  }

  /** A hook does not say which call started its agent: the first open one that asked for its type. */
  #starterOf(type: string | undefined): Tool | undefined {
    const free = [...this.#tools.values()].filter(
      (tool) => AGENT_TOOLS.has(tool.name) && tool.agent === undefined && !tool.span.ended,
    );
    const asked = free.find((tool) => textOf(fieldsOf(tool.input)['subagent_type']) === type);
    return asked ?? free[0];
  }
}

export function namedError(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  delete error.stack;
  return error;
}
