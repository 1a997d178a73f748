import type { AdapterOptions } from '../adapter/adapter-options.ts';
import { sharedTracer } from '../adapter/shared-tracer.ts';
import type { Tracer } from '../tracer/tracer.ts';
import type {
  LangChainMetadata,
  LangChainResult,
  LangChainSerialized,
  LangChainStreamEvent,
} from './callback-types.ts';
import {
  textOfStreamEvent,
  textOfToken,
  toModelOutput,
  toModelUsage,
  toResponseAttributes,
} from './model-result.ts';
import { isMessage, readable, textOfContent, unwrapped } from './readable.ts';
import { gotoOf, isGraph, isHandoffTool, modelAttributes, withoutUndefined } from './run-facts.ts';
import { isRunId } from './run-ids.ts';
import { RunRecorder } from './run-recorder.ts';

export interface LangChainHandlerOptions extends AdapterOptions {
  /**
   * Have models stream also where the program only wants their result, so that their output is seen
   * while it is written. The model is then called in another way than without the handler. Default
   * `false`: output is seen growing where the program, or the model's own settings, streams.
   */
  preferStreaming?: boolean;
}

type RunIds = [runId: string, parentRunId: string | undefined];

/** One recorder for each tracer: handlers of one tracer see each other's runs. */
const recorders = new WeakMap<Tracer, RunRecorder>();

/**
 * A callback handler that publishes each of LangChain's and LangGraph's runs when it starts, its
 * tokens, and its end.
 *
 * @example
 * await agent.invoke(input, { callbacks: [new SpantailCallbackHandler()] });
 */
export class SpantailCallbackHandler {
  readonly name = 'spantail';
  readonly #tracer: Tracer;
  readonly #recorder: RunRecorder;

  /**
   * LangChain calls us at once and in order. In the background, which is its default, it would call
   * us when the agent is elsewhere already. What we do is short and never waits.
   */
  readonly awaitHandlers = true;
  readonly raiseError = false;
  readonly ignoreLLM = false;
  readonly ignoreChain = false;
  readonly ignoreAgent = false;
  readonly ignoreRetriever = false;
  readonly ignoreCustomEvent = false;
  readonly lc_serializable = false;
  readonly lc_prefer_streaming: boolean;

  constructor({ preferStreaming = false, ...options }: LangChainHandlerOptions = {}) {
    this.#tracer = sharedTracer(options);
    this.lc_prefer_streaming = preferStreaming;
    const recorder = recorders.get(this.#tracer) ?? new RunRecorder(this.#tracer);
    recorders.set(this.#tracer, recorder);
    this.#recorder = recorder;
  }

  get tracer(): Tracer {
    return this.#tracer;
  }

  /** LangChain copies handlers to change them; there is nothing to change here. */
  copy(): this {
    return this;
  }

  toJSON(): object {
    return { lc: 1, type: 'not_implemented', id: ['spantail', 'SpantailCallbackHandler'] };
  }

  /** Resolves when everything so far was delivered, or the time is over: then with `false`. */
  flush({ timeoutMs = 10_000 }: { timeoutMs?: number } = {}): Promise<boolean> {
    return this.#tracer.flush({ timeoutMs });
  }

  /**
   * LangChain's types put `parentRunId` last and `runType` and `runName` before `tags`; its callers
   * pass them like this. Run ids tell which it is.
   */
  handleChainStart(
    chain: LangChainSerialized | undefined,
    inputs: unknown,
    runId: string,
    fourth?: string,
    tags: string[] = [],
    metadata: LangChainMetadata = {},
    seventh?: string,
    eighth?: string,
  ): void {
    const isDeclaredOrder = !isRunId(fourth) && isRunId(eighth);
    const parentId = isDeclaredOrder ? eighth : fourth;
    const runName = isDeclaredOrder ? seventh : eighth;
    const isAgent = isGraph(chain, metadata, parentId === undefined);
    this.#recorder.start(this, {
      id: runId,
      parentId,
      name: runName ?? classOf(chain) ?? 'chain',
      type: isAgent ? 'agent' : 'step',
      tags,
      metadata,
      input: readable(unwrapped(inputs, 'input')),
      attributes: isAgent ? { 'gen_ai.operation.name': 'invoke_agent' } : {},
    });
  }

  handleChainEnd(
    outputs: unknown,
    runId: string,
    _parentRunId?: string,
    _tags?: string[],
    rest?: { inputs?: Record<string, unknown> },
  ): void {
    const run = this.#recorder.find(this, runId);
    if (run === undefined) return;
    // A chain that was given a stream knows its input only now.
    if (rest?.inputs !== undefined) run.span?.setInput(readable(unwrapped(rest.inputs, 'input')));
    const output = unwrapped(outputs, 'output');
    const to = (Array.isArray(output) ? output : [output]).map(gotoOf);
    const names = to.flatMap((one) => one?.names ?? []);
    if (names.length > 0) run.span?.setAttribute('langgraph.goto', names);
    this.#recorder.end(run, { output: readable(output) });
  }

  handleChainError(error: unknown, runId: string): void {
    this.#fail(error, runId);
  }

  handleChatModelStart(
    model: LangChainSerialized | undefined,
    messages: unknown[][],
    runId: string,
    parentRunId?: string,
    extra?: Record<string, unknown>,
    tags: string[] = [],
    metadata: LangChainMetadata = {},
    runName?: string,
  ): void {
    const input = messages.length === 1 ? messages[0] : messages;
    this.#startModel('chat', model, input, [runId, parentRunId], extra, tags, metadata, runName);
  }

  handleLLMStart(
    model: LangChainSerialized | undefined,
    prompts: string[],
    runId: string,
    parentRunId?: string,
    extra?: Record<string, unknown>,
    tags: string[] = [],
    metadata: LangChainMetadata = {},
    runName?: string,
  ): void {
    const ids: RunIds = [runId, parentRunId];
    const input = prompts.length === 1 ? prompts[0] : prompts;
    this.#startModel('text_completion', model, input, ids, extra, tags, metadata, runName);
  }

  #startModel(
    operation: string,
    model: LangChainSerialized | undefined,
    input: unknown,
    [id, parentId]: RunIds,
    extra: Record<string, unknown> | undefined,
    tags: string[],
    metadata: LangChainMetadata,
    runName: string | undefined,
  ): void {
    const attributes = modelAttributes(metadata, extra);
    const called = attributes['gen_ai.request.model'];
    this.#recorder.start(this, {
      id,
      parentId,
      name: runName ?? (typeof called === 'string' ? called : (classOf(model) ?? 'model')),
      type: 'model',
      tags,
      metadata,
      input: readable(input),
      attributes: { 'gen_ai.operation.name': operation, ...attributes },
    });
  }

  handleLLMNewToken(token: unknown, at: { completion?: number } | undefined, runId: string): void {
    // Of several candidates that are written at once, one is shown.
    if ((at?.completion ?? 0) === 0) this.#append('token', textOfToken(token), runId);
  }

  handleChatModelStreamEvent(event: LangChainStreamEvent, runId: string): void {
    this.#append('event', textOfStreamEvent(event), runId);
  }

  #append(source: 'token' | 'event', text: string, runId: string): void {
    const run = this.#recorder.find(this, runId);
    if (run === undefined) return;
    run.tokens ??= source;
    if (run.tokens === source) run.span?.append(text);
  }

  handleLLMEnd(result: LangChainResult, runId: string): void {
    const run = this.#recorder.find(this, runId);
    if (run === undefined) return;
    const output = toModelOutput(result);
    this.#recorder.end(run, {
      ...(output === undefined ? {} : { output }),
      usage: toModelUsage(result),
      attributes: { ...toResponseAttributes(result) },
    });
  }

  handleLLMError(error: unknown, runId: string): void {
    this.#fail(error, runId);
  }

  handleToolStart(
    tool: LangChainSerialized | undefined,
    input: string,
    runId: string,
    parentRunId?: string,
    tags: string[] = [],
    metadata: LangChainMetadata = {},
    runName?: string,
    toolCallId?: string,
  ): void {
    const name = runName ?? tool?.name ?? classOf(tool) ?? 'tool';
    this.#recorder.start(this, {
      id: runId,
      parentId: parentRunId,
      name,
      type: isHandoffTool(name) ? 'handoff' : 'tool',
      tags,
      metadata,
      input: parsed(input),
      attributes: withoutUndefined({
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': name,
        'gen_ai.tool.call.id': toolCallId,
      }),
    });
  }

  /** A tool that is a generator says how far it is. */
  handleToolEvent(event: unknown, runId: string): void {
    this.#log(typeof event === 'string' ? event : 'progress', event, runId);
  }

  handleToolEnd(output: unknown, runId: string): void {
    const run = this.#recorder.find(this, runId);
    if (run === undefined) return;
    const to = gotoOf(output);
    if (to !== undefined) run.span?.setAttribute('langgraph.goto', to.names);
    if (to?.isToParent === true) run.span?.setType('handoff');
    if (typeof output !== 'object' || output === null || !isMessage(output))
      return this.#recorder.end(run, { output: readable(output) });
    const { text, isAll } = textOfContent(output.content);
    if (output.status === 'error') run.span?.fail(new ToolError(text));
    this.#recorder.end(run, { output: isAll ? text : readable(output.content) });
  }

  handleToolError(error: unknown, runId: string): void {
    this.#fail(error, runId);
  }

  handleRetrieverStart(
    retriever: LangChainSerialized | undefined,
    query: string,
    runId: string,
    parentRunId?: string,
    tags: string[] = [],
    metadata: LangChainMetadata = {},
    runName?: string,
  ): void {
    this.#recorder.start(this, {
      id: runId,
      parentId: parentRunId,
      name: runName ?? classOf(retriever) ?? 'retriever',
      type: 'retrieval',
      tags,
      metadata,
      input: query,
      attributes: { 'gen_ai.operation.name': 'retrieval' },
    });
  }

  handleRetrieverEnd(documents: unknown, runId: string): void {
    const run = this.#recorder.find(this, runId);
    if (run !== undefined) this.#recorder.end(run, { output: documents });
  }

  handleRetrieverError(error: unknown, runId: string): void {
    this.#fail(error, runId);
  }

  handleText(text: string, runId: string): void {
    this.#log(text, undefined, runId);
  }

  handleCustomEvent(eventName: string, data: unknown, runId: string): void {
    this.#log(eventName, data, runId);
  }

  #log(message: string, data: unknown, runId: string): void {
    const span = this.#recorder.find(this, runId)?.span;
    if (data === undefined || data === message) span?.log(message);
    else span?.log(message, { attributes: { data: readable(data) as never } });
  }

  #fail(error: unknown, runId: string): void {
    const run = this.#recorder.find(this, runId);
    if (run !== undefined) this.#recorder.fail(run, error);
  }
}

/** What a tool answers with when it failed and said so in a message. */
class ToolError extends Error {
  override readonly name = 'ToolError';
}

function classOf(serialized: LangChainSerialized | undefined): string | undefined {
  return serialized?.id?.at(-1) ?? serialized?.name;
}

/** A tool's arguments come as the JSON text of them. */
function parsed(input: string): unknown {
  if (typeof input !== 'string' || !/^\s*[[{]/.test(input)) return input;
  try {
    return JSON.parse(input) as unknown;
  } catch {
    return input;
  }
}
