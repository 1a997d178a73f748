import { tracerOf, type AdapterOptions } from '../adapter/adapter-options.ts';
import { attempt } from '../adapter/attempt.ts';
import type { Span } from '../tracer/span.ts';
import type { Tracer } from '../tracer/tracer.ts';
import { currentSpan } from './current-span.ts';
import type {
  AgentsModel,
  AgentsModelProvider,
  AgentsSpan,
  AgentsTrace,
} from './framework-types.ts';
import { modelCalls, type ModelCall } from './model-calls.ts';
import { RunSpans } from './run-spans.ts';
import { tracedModel, tracedModelProvider } from './traced-model.ts';

const MARGIN_MS = 1_000;

/**
 * Publishes the runs of the OpenAI Agents SDK while they happen. The SDK passes only the starts and
 * ends of steps to a processor; {@link traceModels} adds the text of a model as it comes.
 *
 * @example
 * const spantail = new SpantailTracingProcessor();
 * addTraceProcessor(spantail);
 * const runner = new Runner({ modelProvider: spantail.traceModels(new OpenAIProvider()) });
 */
export class SpantailTracingProcessor {
  readonly tracer: Tracer;
  readonly #ownsTracer: boolean;
  readonly #spans: RunSpans;
  /** Calls of wrapped models for which the model opened a span too, by its id. */
  readonly #adopted = new Map<string, ModelCall>();

  constructor(options: AdapterOptions = {}) {
    this.tracer = tracerOf(options);
    this.#ownsTracer = this.tracer !== options.tracer;
    this.#spans = new RunSpans(this.tracer);
  }

  /** The same model provider; the output of its models is shown as it is streamed. */
  traceModels<Provider extends AgentsModelProvider>(provider: Provider): Provider {
    return this.tracer.enabled ? tracedModelProvider(provider, this.#spans) : provider;
  }

  /** The same for one model, such as that of an agent which brings its own. */
  traceModel<Model extends AgentsModel>(model: Model, name?: string): Model {
    return this.tracer.enabled ? tracedModel(model, this.#spans, name) : model;
  }

  /**
   * The span of the step that is running, such as a tool: for spans of the program's own below it, or
   * to hand on where it goes on (`tracer.inject`).
   */
  get activeSpan(): Span | undefined {
    const current = currentSpan(undefined);
    return current === undefined ? undefined : this.#spans.find(current.traceId, current.spanId);
  }

  // A hook that throws would keep the news from the processors behind this one.

  async onTraceStart(trace: AgentsTrace): Promise<void> {
    attempt(() => this.#spans.startTrace(trace));
  }

  async onTraceEnd(trace: AgentsTrace): Promise<void> {
    attempt(() => this.#spans.endTrace(trace));
  }

  async onSpanStart(span: AgentsSpan): Promise<void> {
    attempt(() => {
      const call = isModelSpan(span) ? modelCalls.getStore() : undefined;
      if (call?.span === undefined || call.span.ended) {
        this.#spans.startSpan(span);
        if (call !== undefined) call.span = this.#spans.find(span.traceId, span.spanId);
        return;
      }
      call.adopt();
      this.#adopted.set(span.spanId, call);
      this.#spans.alias(span, call.span);
    });
  }

  async onSpanEnd(span: AgentsSpan): Promise<void> {
    attempt(() => {
      const call = this.#adopted.get(span.spanId);
      this.#adopted.delete(span.spanId);
      this.#spans.endSpan(span, { keepOpen: call !== undefined });
      call?.end();
    });
  }

  async forceFlush(): Promise<void> {
    await this.tracer.flush();
  }

  /** What is still open ends. A tracer that was passed in goes on. */
  async shutdown(timeoutMs?: number): Promise<void> {
    attempt(() => this.#spans.endAll());
    // The SDK gives up, and says so, when the whole of its time has gone by.
    const options =
      typeof timeoutMs === 'number' ? { timeoutMs: Math.max(0, timeoutMs - MARGIN_MS) } : {};
    await (this.#ownsTracer ? this.tracer.shutdown(options) : this.tracer.flush(options));
  }
}

function isModelSpan({ spanData }: AgentsSpan): boolean {
  return spanData.type === 'generation' || spanData.type === 'response';
}
