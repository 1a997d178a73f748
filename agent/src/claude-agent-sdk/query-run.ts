import { fieldsOf, type Fields } from '../adapter/fields-of.ts';
import type { Span } from '../tracer/span.ts';
import type { Tracer } from '../tracer/tracer.ts';
import type { HookInput, QueryMessage, QueryOptions } from './framework-types.ts';
import { ModelTurns } from './model-turns.ts';
import { contentText, listOf, textOf } from './read.ts';
import { resultAttributes, resultError } from './result.ts';
import { namedError, ToolSpans } from './tool-spans.ts';

/** One `query()`: what its hooks and its messages tell, as spans. */
export class QueryRun {
  readonly root: Span;
  readonly #tools: ToolSpans;
  readonly #main: ModelTurns;
  /** Of the agents below, by the tool call that started them. */
  readonly #turns = new Map<string, ModelTurns>();
  /** What the user said, where the prompt is a stream. */
  readonly #said: unknown[] = [];

  constructor(tracer: Tracer, prompt: unknown, options: QueryOptions) {
    const name = options.agent ?? 'Claude';
    const isText = typeof prompt === 'string';
    this.root = tracer.startSpan(name, {
      type: 'agent',
      ...(isText ? { input: prompt } : {}),
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.provider.name': 'anthropic',
        'gen_ai.agent.name': name,
        'gen_ai.request.model': options.model,
        'claude.cwd': options.cwd,
      },
    });
    this.#tools = new ToolSpans(this.root);
    this.#main = new ModelTurns(() => this.root, isText ? prompt : undefined);
  }

  /** A message that the program streams to the agent. */
  seePrompt(message: unknown): void {
    const said = fieldsOf(message)['message'] ?? message;
    this.#said.push(said);
    this.root.setInput(this.#said);
    this.#main.addInput(said);
  }

  seeHook(input: HookInput, toolUseId: string | undefined): void {
    const { tool_use_id: id = toolUseId, tool_name: name = 'tool', agent_id: agentId } = input;
    switch (input.hook_event_name) {
      case 'PreToolUse':
        if (id !== undefined)
          this.#tools.start(id, name, input.tool_input, this.#tools.agent(agentId));
        break;
      case 'PostToolUse':
        if (id !== undefined) this.#tools.end(id, { output: input.tool_response });
        break;
      case 'PostToolUseFailure':
        if (id !== undefined)
          this.#tools.end(id, { error: namedError('ToolError', input.error ?? '') });
        break;
      case 'SubagentStart':
        if (agentId !== undefined) this.#tools.startAgent(agentId, input.agent_type, toolUseId);
        break;
      case 'SubagentStop':
        if (agentId !== undefined) this.#tools.endAgent(agentId, input.last_assistant_message);
        break;
    }
  }

  seeMessage(message: QueryMessage): void {
    const parentId = textOf(message['parent_tool_use_id']);
    switch (message['type']) {
      case 'system':
        this.#seeSystem(message);
        break;
      case 'stream_event':
        this.#turnsOf(parentId).seeEvent(fieldsOf(message['event']));
        break;
      case 'assistant':
        this.#seeAssistant(message, parentId);
        break;
      case 'user':
        this.#seeUser(message, parentId);
        break;
      case 'result':
        this.#seeResult(message);
        break;
    }
  }

  /** The messages are over: done, broken off (`unset`), or with an error. */
  end(options: { error?: unknown; status?: 'unset' } = {}): void {
    const { error } = options;
    // Whatever is still open did not come to its end.
    const rest = error === undefined ? { status: 'unset' as const } : { error };
    for (const turns of [...this.#turns.values(), this.#main]) turns.end(rest);
    this.#tools.endAll(rest);
    this.root.end(options);
  }

  #turnsOf(parentId: string | undefined): ModelTurns {
    if (parentId === undefined) return this.#main;
    const known = this.#turns.get(parentId);
    if (known !== undefined) return known;
    const prompt = this.#tools.promptOf(parentId);
    const turns = new ModelTurns(() => this.#tools.agentOf(parentId), prompt);
    this.#turns.set(parentId, turns);
    return turns;
  }

  #seeSystem(message: Fields): void {
    const { subtype } = message;
    if (subtype === 'init') {
      this.root.setAttributes({
        'gen_ai.conversation.id': message['session_id'],
        'session.id': message['session_id'],
        'gen_ai.request.model': message['model'],
        'claude.cwd': message['cwd'],
        'claude.code_version': message['claude_code_version'],
        'claude.permission_mode': message['permissionMode'],
        'claude.tools': message['tools'],
      });
      this.#main.ready();
    } else if (subtype === 'task_started') {
      const id = textOf(message['task_id']);
      const type = textOf(message['subagent_type']);
      const toolUseId = textOf(message['tool_use_id']);
      if (id !== undefined && type !== undefined) this.#tools.startAgent(id, type, toolUseId);
    } else if (subtype === 'permission_denied') {
      const id = textOf(message['tool_use_id']);
      if (id !== undefined) this.#tools.deny(id, textOf(message['message']) ?? 'denied');
    } else if (subtype === 'compact_boundary') this.root.log('the conversation was compacted');
  }

  #seeAssistant(message: Fields, parentId: string | undefined): void {
    const said = fieldsOf(message['message']);
    this.#turnsOf(parentId).seeMessage(said, message['error']);
    // Where hooks are off, this is where a tool call is seen.
    for (const block of listOf(said['content'])) {
      const id = textOf(block['id']);
      if (block['type'] !== 'tool_use' || id === undefined) continue;
      const name = textOf(block['name']) ?? 'tool';
      this.#tools.start(id, name, block['input'], this.#tools.agentOf(parentId));
    }
  }

  #seeUser(message: Fields, parentId: string | undefined): void {
    const given = fieldsOf(message['message']);
    this.#turnsOf(parentId).addInput(given);
    for (const block of listOf(given['content'])) {
      const id = textOf(block['tool_use_id']);
      if (block['type'] !== 'tool_result' || id === undefined || !this.#tools.isOpen(id)) continue;
      // Neither hook came: it was denied, or hooks are off.
      if (block['is_error'] === true)
        this.#tools.end(id, { error: namedError('ToolError', contentText(block['content'])) });
      else this.#tools.end(id, { output: message['tool_use_result'] ?? block['content'] });
    }
  }

  #seeResult(result: Fields): void {
    this.#main.end();
    for (const denial of listOf(result['permission_denials'])) {
      const id = textOf(denial['tool_use_id']);
      if (id !== undefined && this.#tools.isOpen(id)) this.#tools.deny(id, 'permission denied');
    }
    this.root.setAttributes(resultAttributes(result));
    const output = result['structured_output'] ?? result['result'];
    if (output !== undefined) this.root.setOutput(output);
    const error = resultError(result);
    if (error !== undefined) this.root.fail(error);
  }
}
