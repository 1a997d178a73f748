import { tracerOf, type AdapterOptions } from '../adapter/adapter-options.ts';
import { attempt } from '../adapter/attempt.ts';
import { fieldsOf } from '../adapter/fields-of.ts';
import type { Span } from '../tracer/span.ts';
import type { Tracer } from '../tracer/tracer.ts';
import { CallSpans } from './call-spans.ts';
import type {
  AbortEvent,
  CallEvent,
  Execution,
  FailureEvent,
  ModelEndEvent,
  ModelStartEvent,
  OperationEndEvent,
  OperationStartEvent,
  RequestEvent,
  StepEvent,
  ToolEvent,
} from './events.ts';
import { observeStream } from './observe-stream.ts';

/**
 * Calls held open. One whose stream nobody reads to its end never ends by itself; the oldest is
 * given up for a new one.
 */
const MOST_CALLS = 10_000;

/** What the SDK shows in place of an error when contents are not to be recorded. */
const HIDDEN = 'AI SDK operation failed';

/**
 * A telemetry integration of the AI SDK 7: each call is a tree of steps, model calls and tools, live.
 * Calls made inside a tool go below it, and so do spans made with the same tracer.
 *
 * @example
 * registerTelemetry(new SpantailTelemetry());
 */
export class SpantailTelemetry {
  readonly tracer: Tracer;
  readonly #isOwnTracer: boolean;
  readonly #calls = new Map<string, CallSpans>();

  constructor(options: AdapterOptions = {}) {
    this.tracer = tracerOf(options);
    this.#isOwnTracer = this.tracer !== options.tracer;
  }

  onStart(event: OperationStartEvent): void {
    if (!this.tracer.enabled) return;
    const [oldest] = this.#calls;
    if (this.#calls.size >= MOST_CALLS && oldest !== undefined)
      this.#fail({ callId: oldest[0] }, brokenOff('the call was not heard of for a long time'));
    this.#calls.set(event.callId, new CallSpans(this.tracer, event));
  }

  onStepStart(event: StepEvent): void {
    this.#of(event)?.startStep(event);
  }

  onStepEnd(event: StepEvent): void {
    this.#of(event)?.endStep(event);
  }

  onStepError(event: StepEvent & FailureEvent): void {
    this.#of(event)?.endStep(event, { error: event.error });
  }

  onLanguageModelCallStart(event: ModelStartEvent): void {
    this.#of(event)?.startModel(event);
  }

  onLanguageModelCallEnd(event: ModelEndEvent): void {
    this.#of(event)?.endModel(event);
  }

  /** `generateObject` and `streamObject` tell their one model call as a step. */
  onObjectStepStart(event: ModelStartEvent): void {
    this.#of(event)?.startModel(event);
  }

  onObjectStepEnd(event: ModelEndEvent): void {
    this.#of(event)?.endModel(event);
  }

  onToolExecutionStart(event: ToolEvent): void {
    this.#of(event)?.startTool(event);
  }

  onToolExecutionEnd(event: ToolEvent): void {
    this.#of(event)?.endTool(event);
  }

  onEmbedStart(event: RequestEvent): void {
    this.#of(event)?.startRequest('embedding', event);
  }

  onEmbedEnd(event: RequestEvent): void {
    this.#of(event)?.endRequest('embedding', event);
  }

  onRerankStart(event: RequestEvent): void {
    this.#of(event)?.startRequest('retrieval', event);
  }

  onRerankEnd(event: RequestEvent): void {
    this.#of(event)?.endRequest('retrieval', event);
  }

  onEnd(event: OperationEndEvent): void {
    const call = this.#of(event);
    // `streamObject` ends with the error of an object that does not fit its schema.
    if (event.error !== undefined && event.error !== null) return this.#fail(event, event.error);
    call?.end(event, event.recordOutputs === false ? undefined : outputOf(event));
    this.#calls.delete(event.callId);
  }

  onError(event: unknown): void {
    const { callId, error } = fieldsOf(event);
    if (typeof callId === 'string') this.#fail({ ...(event as CallEvent), callId }, error);
  }

  onAbort(event: AbortEvent): void {
    this.#fail(event, event.reason ?? brokenOff('the call was aborted'));
  }

  /** Runs the request to the model below its span, and hears the answer that is streamed. */
  async executeLanguageModelCall<T>(options: ModelStartEvent & Execution<T>): Promise<T> {
    const call = this.#of(options);
    const span = attempt(() => call?.runModel(options));
    if (span === undefined) return options.execute();
    let result: T;
    try {
      result = await this.tracer.withSpan(span, options.execute);
    } catch (error) {
      span.end({ error: shown(options, error) });
      throw error;
    }
    attempt(() => this.#hear(options, span, result));
    return result;
  }

  /** Runs the tool below its span. */
  async executeTool<T>(options: Execution<T> & { readonly toolCallId: string }): Promise<T> {
    const span = this.#of(options)?.toolSpan(options.toolCallId);
    if (span === undefined) return options.execute();
    return this.tracer.withSpan(span, options.execute);
  }

  /** See `Tracer.flush`. */
  flush(options?: { timeoutMs?: number }): Promise<boolean> {
    return this.tracer.flush(options);
  }

  /** See `Tracer.shutdown`. A tracer that was given is flushed, and goes on. */
  shutdown(options?: { timeoutMs?: number }): Promise<boolean> {
    return this.#isOwnTracer ? this.tracer.shutdown(options) : this.tracer.flush(options);
  }

  #of({ callId }: Pick<CallEvent, 'callId'>): CallSpans | undefined {
    return this.#calls.get(callId);
  }

  #fail(event: Pick<CallEvent, 'callId' | 'timestamp'>, error: unknown): void {
    this.#of(event)?.fail(event, error);
    this.#calls.delete(event.callId);
  }

  /**
   * Puts an ear into the stream of a model's answer. In place: were the result another object, the
   * SDK would not know it again and give its caller the copy that it made for telemetry.
   */
  #hear(event: CallEvent, span: Span, result: unknown): void {
    const answer = fieldsOf(result) as { stream?: unknown };
    const { stream } = answer;
    const field = Object.getOwnPropertyDescriptor(answer, 'stream');
    if (!(stream instanceof ReadableStream) || stream.locked || field?.writable !== true) return;
    let failed = false;
    const { recordOutputs } = event;
    answer.stream = observeStream<unknown>(stream, {
      part: (part) => {
        const { type, delta, error } = fieldsOf(part);
        if (type === 'text-delta' && typeof delta === 'string' && recordOutputs !== false)
          span.append(delta);
        if (type === 'error') {
          failed = true;
          span.fail(shown(event, error));
          this.#of(event)?.noteStreamError(shown(event, error));
        }
      },
      end: () => {
        // Behind `onLanguageModelCallEnd`, unless the stream ended without having finished.
        if (!span.ended) span.end();
      },
      fail: (error) => span.end({ error: shown(event, error) }),
      cancel: (reason) => {
        // The SDK gives up a stream with an error itself, to try again; else its reader is gone.
        if (failed) span.end();
        else this.#fail(event, reason ?? brokenOff('the stream was cancelled'));
      },
    });
  }
}

function outputOf({ text, object, embedding, ranking }: OperationEndEvent): unknown {
  if (object !== undefined) return object;
  return embedding === undefined ? (ranking ?? text) : undefined;
}

function shown({ recordInputs, recordOutputs }: CallEvent, error: unknown): unknown {
  return recordInputs === false || recordOutputs === false ? new Error(HIDDEN) : error;
}

function brokenOff(message: string): Error {
  return new DOMException(message, 'AbortError');
}
