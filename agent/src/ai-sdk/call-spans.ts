import { fieldsOf } from '../adapter/fields-of.ts';
import type { Span } from '../tracer/span.ts';
import type { Tracer } from '../tracer/tracer.ts';
import {
  contextAttributes,
  modelAttributes,
  requestAttributes,
  responseAttributes,
} from './attributes.ts';
import { contentOf, promptOf, usageOf } from './contents.ts';
import type {
  CallEvent,
  ModelEndEvent,
  ModelStartEvent,
  OperationEndEvent,
  OperationStartEvent,
  RequestEvent,
  StepEvent,
  ToolEvent,
} from './events.ts';
import { operationOf } from './operation.ts';

/** The spans of one call of the SDK, from its start to its end: `generateText`, `embed` and so on. */
export class CallSpans {
  readonly #tracer: Tracer;
  readonly #root: Span;
  #step: Span | undefined;
  #model: Span | undefined;
  /** Whether the open model span's request was sent already. */
  #modelRuns = false;
  readonly #tools = new Map<string, Span>();
  readonly #requests = new Map<string, Span>();
  /** Of the last answer that broke off. */
  #streamError: unknown;

  constructor(tracer: Tracer, event: OperationStartEvent) {
    const { operationId, functionId } = event;
    const { name, spanType, operationName } = operationOf(operationId);
    this.#tracer = tracer;
    this.#root = tracer.startSpan(functionId ?? name, {
      type: spanType,
      input: inputOf(event),
      attributes: {
        ...modelAttributes(event),
        ...contextAttributes(event),
        'gen_ai.operation.name': operationName,
        'gen_ai.agent.name': spanType === 'agent' ? functionId : undefined,
        'ai.operation': name,
      },
      ...startOf(event),
    });
  }

  startStep(event: StepEvent): void {
    this.#step?.end();
    this.#step = this.#open(`step ${event.stepNumber ?? 0}`, event, {
      attributes: modelAttributes(event),
    });
  }

  endStep(event: StepEvent, given?: { error: unknown }): void {
    const { finishReason } = event;
    const thrown = given ?? this.#failureOf(finishReason);
    if (thrown !== undefined) this.#model?.fail(thrown.error);
    this.#model?.end(endOf(event));
    if (thrown !== undefined) this.#step?.fail(thrown.error);
    this.#step?.end({
      ...endOf(event),
      ...(typeof finishReason === 'string'
        ? { attributes: { 'ai.finish_reason': finishReason } }
        : {}),
    });
    this.#model = undefined;
    this.#step = undefined;
  }

  startModel(event: ModelStartEvent): Span {
    // A call that is tried again without a word about the try before.
    this.#model?.end({ status: 'error' });
    this.#modelRuns = false;
    const span = this.#open(`chat ${event.modelId ?? ''}`.trim(), event, {
      type: 'model',
      input: promptOf(event),
      attributes: {
        'gen_ai.operation.name': 'chat',
        ...modelAttributes(event),
        ...requestAttributes(event),
      },
    });
    this.#model = span;
    return span;
  }

  /** The span of the request that is sent now: each try has one of its own. */
  runModel(event: ModelStartEvent): Span {
    const open = this.#model;
    const span =
      open === undefined || open.ended || this.#modelRuns ? this.startModel(event) : open;
    this.#modelRuns = true;
    return span;
  }

  endModel(event: ModelEndEvent): void {
    const { content, objectText, reasoning, usage, providerMetadata } = event;
    const output =
      event.recordOutputs === false
        ? undefined
        : (contentOf(content) ?? withReasoning(objectText, reasoning));
    this.#model?.end({
      ...(output === undefined ? {} : { output }),
      usage: usageOf(usage, providerMetadata),
      attributes: responseAttributes(event),
      ...endOf(event),
    });
    this.#model = undefined;
  }

  startTool(event: ToolEvent): void {
    const { toolCallId, toolName, input } = event.toolCall;
    this.#tools.set(
      toolCallId,
      this.#open(toolName, event, {
        type: 'tool',
        input,
        attributes: {
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': toolName,
          'gen_ai.tool.call.id': toolCallId,
        },
      }),
    );
  }

  toolSpan(toolCallId: string): Span | undefined {
    return this.#tools.get(toolCallId);
  }

  endTool(event: ToolEvent): void {
    const { toolCallId } = event.toolCall;
    const result = fieldsOf(event.toolOutput);
    const failed = result['type'] === 'tool-error';
    this.#tools.get(toolCallId)?.end({
      ...(failed
        ? { error: result['error'] ?? new Error('the tool failed') }
        : { output: result['output'] }),
      ...endOf(event),
    });
    this.#tools.delete(toolCallId);
  }

  startRequest(type: 'embedding' | 'retrieval', event: RequestEvent): void {
    const { modelId = '', embedCallId = type, values, query, documents } = event;
    const isEmbedding = type === 'embedding';
    const name = isEmbedding ? `embeddings ${modelId}` : `rerank ${modelId}`;
    const span = this.#open(name.trim(), event, {
      type,
      input: event.recordInputs === false ? undefined : (values ?? { query, documents }),
      attributes: {
        'gen_ai.operation.name': isEmbedding ? 'embeddings' : 'rerank',
        ...modelAttributes(event),
      },
    });
    this.#requests.set(embedCallId, span);
  }

  endRequest(type: 'embedding' | 'retrieval', event: RequestEvent): void {
    const { embedCallId = type, embeddings, ranking, usage, recordOutputs } = event;
    this.#requests.get(embedCallId)?.end({
      ...(ranking === undefined || recordOutputs === false ? {} : { output: ranking }),
      usage: usageOf(usage),
      attributes: sizeOf(embeddings),
      ...endOf(event),
    });
    this.#requests.delete(embedCallId);
  }

  end(event: OperationEndEvent, output: unknown): void {
    this.#endAll(event);
    this.#root.end({
      ...(output === undefined ? {} : { output }),
      ...this.#failureOf(event.finishReason),
      ...endOf(event),
    });
  }

  /** An answer that is streamed broke off. The SDK may try again; else it finishes with `error`. */
  noteStreamError(error: unknown): void {
    this.#streamError = error;
  }

  #failureOf(finishReason: unknown): { error: unknown } | undefined {
    if (finishReason !== 'error') return undefined;
    return { error: this.#streamError ?? new Error('the model finished with an error') };
  }

  /** The call failed or was broken off: so was all of it that is still open. */
  fail(event: Pick<CallEvent, 'timestamp'>, error: unknown): void {
    this.#endAll(event, { error });
    this.#root.end({ error, ...endOf(event) });
  }

  #endAll(event: Pick<CallEvent, 'timestamp'>, thrown?: { error: unknown }): void {
    const inner = [this.#model, ...this.#tools.values(), ...this.#requests.values(), this.#step];
    for (const span of inner) {
      if (thrown !== undefined) span?.fail(thrown.error);
      span?.end(endOf(event));
    }
  }

  #open(name: string, event: CallEvent, options: Parameters<Tracer['startSpan']>[1]): Span {
    const parent = this.#step ?? this.#root;
    return this.#tracer.startSpan(name, { parent, ...startOf(event), ...options });
  }
}

function startOf({ timestamp }: CallEvent): { startUs?: number } {
  return typeof timestamp === 'number' ? { startUs: Math.round(timestamp * 1_000) } : {};
}

function endOf({ timestamp }: Pick<CallEvent, 'timestamp'>): { endUs?: number } {
  return typeof timestamp === 'number' ? { endUs: Math.round(timestamp * 1_000) } : {};
}

function inputOf(event: OperationStartEvent): unknown {
  if (event.recordInputs === false) return undefined;
  const { value, query, documents, text } = event;
  if (query !== undefined) return { query, documents };
  return promptOf(event) ?? value ?? text;
}

function withReasoning(text: unknown, reasoning: unknown): unknown {
  if (typeof reasoning !== 'string' || reasoning === '') return text;
  return contentOf([
    { type: 'reasoning', text: reasoning },
    { type: 'text', text },
  ]);
}

/** Vectors say nothing to a reader; how many and how long they are does. */
function sizeOf(embeddings: unknown): Record<string, unknown> {
  if (!Array.isArray(embeddings)) return {};
  const [first] = embeddings as unknown[];
  return {
    'ai.embeddings.count': embeddings.length,
    'gen_ai.embeddings.dimension.count': Array.isArray(first) ? first.length : undefined,
  };
}
