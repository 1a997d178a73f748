import type { SpanStatus, SpanType } from '@spantail/protocol';
import { tracerOf, type AdapterOptions } from '../adapter/adapter-options.ts';
import type { Parent } from '../tracer/parent-options.ts';
import type { Span } from '../tracer/span.ts';
import type { Tracer } from '../tracer/tracer.ts';
import type {
  MastraChunk,
  MastraLogEvent,
  MastraSpan,
  MastraTracingEvent,
} from './mastra-event.ts';
import { News } from './news.ts';
import { objectOf, toAttributes, toUsage } from './span-attributes.ts';
import { chunkText, toError, toOutput } from './span-output.ts';
import { toSpanName, toSpanType } from './span-type.ts';

export interface MastraExporterOptions extends AdapterOptions {
  /** How long `flush` and `shutdown`, which Mastra awaits, may take. Default 5,000 ms. */
  flushTimeoutMs?: number;
}

interface OpenSpan {
  span: Span;
  mastraType: string;
  spanType: SpanType;
  parent: OpenSpan | undefined;
  news: News;
  /** Whether its text comes piece by piece, or, as exporters are told of it, block by block. */
  textBy?: 'piece' | 'block';
}

/** Spans that were put into another trace, kept to find it again for children that come late. */
const MOST_MOVED_TRACES = 1_000;
/** Mastra's times have milliseconds. An event comes at once, so that our own clock tells more. */
const AT_ONCE_MS = 5;

/**
 * An exporter of Mastra's observability that publishes each span when it starts, when it changes and
 * when it ends.
 *
 * @example
 * new Mastra({
 *   agents,
 *   observability: new Observability({
 *     configs: { default: { serviceName: 'my-app', exporters: [new SpantailExporter()] } },
 *   }),
 * });
 */
export class SpantailExporter {
  readonly name = 'spantail';
  readonly tracer: Tracer;
  readonly #isOwnTracer: boolean;
  readonly #timeoutMs: number;
  #serviceName: string | undefined;
  readonly #open = new Map<string, OpenSpan>();
  /** Model calls that are open, by the run of the agent that makes them. */
  readonly #models = new Map<string, OpenSpan>();
  /** The last flush waited as long as it may, in vain. */
  #isWaitedFor = false;
  readonly #movedTraces = new Map<string, string>();
  /** Whether this Mastra has a span for each call of a model; older ones have none. */
  #hasInferences = false;

  constructor({ flushTimeoutMs = 5_000, ...options }: MastraExporterOptions = {}) {
    this.#serviceName = options.service;
    this.tracer = tracerOf(options);
    this.#isOwnTracer = this.tracer !== options.tracer;
    this.#timeoutMs = flushTimeoutMs;
  }

  /** Mastra says here how its configuration calls the service; a tracer's own name goes first. */
  init({ config }: { config?: { serviceName?: unknown } | undefined }): void {
    if (typeof config?.serviceName === 'string') this.#serviceName ??= config.serviceName;
  }

  /** Mastra does not wait for what this returns; all of it is done when it does. */
  exportTracingEvent({ type, exportedSpan }: MastraTracingEvent): Promise<void> {
    // A span for each piece of text would bury the model's; what ends is text for that one.
    if (exportedSpan.type === 'model_chunk') {
      if (type === 'span_ended') this.#append(exportedSpan);
      return Promise.resolve();
    }
    const open = this.#open.get(exportedSpan.id) ?? this.#start(exportedSpan);
    if (type === 'span_updated') this.#update(open, exportedSpan);
    if (type === 'span_ended') this.#end(open, exportedSpan);
    return Promise.resolve();
  }

  /** Lines of Mastra's logger that belong to a span. */
  onLogEvent({ log }: MastraLogEvent): void {
    const open = log.spanId === undefined ? undefined : this.#open.get(log.spanId);
    open?.span.log(log.message, {
      timeUs: log.timestamp.getTime() * 1_000,
      level: levelOf(log.level),
      ...(log.data === undefined ? {} : { attributes: objectOf(log.data) as never }),
    });
  }

  /**
   * Mastra tells exporters of text only when a block of it is complete. With this among an agent's
   * options (`onChunk: exporter.onChunk`) the text of its model calls is seen as it comes.
   */
  readonly onChunk = ({ type, runId, payload }: MastraChunk): void => {
    const text = type === 'text-delta' ? objectOf(payload)['text'] : undefined;
    const model = runId === undefined ? undefined : this.#models.get(runId);
    if (typeof text === 'string' && model !== undefined) append(model, 'piece', text);
  };

  async flush(): Promise<void> {
    this.#isWaitedFor = !(await this.tracer.flush({ timeoutMs: this.#patienceMs }));
  }

  /** A tracer that was given goes on. */
  async shutdown(): Promise<void> {
    if (!this.#isOwnTracer) return this.flush();
    await this.tracer.shutdown({ timeoutMs: this.#patienceMs });
  }

  /** Mastra flushes several times when it ends: with the gateway away, one wait is enough. */
  get #patienceMs(): number {
    return this.#isWaitedFor && this.tracer.stats?.failing === true ? 0 : this.#timeoutMs;
  }

  #start(exported: MastraSpan): OpenSpan {
    const attributes = objectOf(exported.attributes);
    const parent =
      exported.parentSpanId === undefined ? undefined : this.#open.get(exported.parentSpanId);
    let spanType = toSpanType(exported, attributes);
    if (exported.type === 'model_inference') this.#belowGeneration(parent);
    else if (exported.type === 'model_generation' && !this.#hasInferences) spanType = 'model';
    const news = new News(parent?.news);
    const startUs = pastUs(exported.startTime);
    const input = exported.input ?? (spanType === 'model' ? parent?.news.input : undefined);
    const service =
      parent === undefined && this.#isOwnTracer && this.#serviceName !== undefined
        ? { 'service.name': this.#serviceName }
        : {};
    const span = this.tracer.startSpan(toSpanName(exported, attributes, spanType), {
      type: spanType,
      spanId: exported.id,
      traceId: exported.traceId,
      parent: this.#parentOf(exported, parent),
      attributes: {
        ...service,
        ...news.attributes(toAttributes(exported, attributes, spanType)),
      },
      ...(news.hasInput(input) ? { input } : {}),
      ...(startUs === undefined ? {} : { startUs }),
    });
    const open: OpenSpan = { span, mastraType: exported.type, spanType, parent, news };
    this.#open.set(exported.id, open);
    const runId = exported.metadata?.['runId'];
    if (spanType === 'model' && typeof runId === 'string') this.#models.set(runId, open);
    if (span.traceId !== exported.traceId) this.#move(exported.traceId, span.traceId);
    return open;
  }

  #parentOf(
    { traceId, parentSpanId, externalParentSpanId }: MastraSpan,
    parent?: OpenSpan,
  ): Parent {
    if (parent !== undefined) return parent.span;
    const spanId = parentSpanId ?? externalParentSpanId;
    if (spanId !== undefined)
      return { traceId: this.#movedTraces.get(traceId) ?? traceId, spanId, sampled: true };
    return this.tracer.activeSpan ?? null;
  }

  /** A generation of several calls: those have the tokens, and it is the step around them. */
  #belowGeneration(parent: OpenSpan | undefined): void {
    this.#hasInferences = true;
    for (let at = parent; at !== undefined; at = at.parent) {
      if (at.mastraType !== 'model_generation' || at.spanType !== 'model') continue;
      at.spanType = 'step';
      at.span.setType('step').setName('generation');
    }
  }

  #move(from: string, to: string): void {
    this.#movedTraces.delete(from);
    this.#movedTraces.set(from, to);
    if (this.#movedTraces.size <= MOST_MOVED_TRACES) return;
    const [oldest] = this.#movedTraces.keys();
    if (oldest !== undefined) this.#movedTraces.delete(oldest);
  }

  #update(open: OpenSpan, exported: MastraSpan): void {
    this.#takeNews(open, exported);
    if (open.mastraType !== 'model_step') return;
    // What the model is asked is known to the step around its call, and only when that has begun.
    for (const child of this.#open.values()) {
      if (child.parent !== open || child.spanType !== 'model') continue;
      if (child.news.hasInput(exported.input)) child.span.setInput(exported.input);
    }
  }

  #takeNews({ span, news, spanType }: OpenSpan, exported: MastraSpan): Record<string, unknown> {
    const attributes = objectOf(exported.attributes);
    const changed = news.attributes(toAttributes(exported, attributes, spanType));
    if (Object.keys(changed).length > 0) span.setAttributes(changed);
    if (news.hasInput(exported.input)) span.setInput(exported.input);
    return attributes;
  }

  #append(chunk: MastraSpan): void {
    const text = chunkText(chunk);
    let at = chunk.parentSpanId === undefined ? undefined : this.#open.get(chunk.parentSpanId);
    while (at !== undefined && at.spanType !== 'model') at = at.parent;
    if (text !== undefined && at !== undefined) append(at, 'block', text);
  }

  #end(open: OpenSpan, exported: MastraSpan): void {
    this.#open.delete(exported.id);
    const runId = exported.metadata?.['runId'];
    if (typeof runId === 'string' && this.#models.get(runId) === open) this.#models.delete(runId);
    const attributes = this.#takeNews(open, exported);
    const { errorInfo, endTime } = exported;
    const output = toOutput(exported);
    const endUs = pastUs(endTime);
    open.span.end({
      ...(output === undefined ? {} : { output }),
      ...(open.spanType === 'model' ? { usage: toUsage(attributes) } : {}),
      ...(errorInfo === undefined ? {} : { error: toError(errorInfo) }),
      ...(errorInfo === undefined ? statusOf(attributes, exported.output) : {}),
      ...(endUs === undefined ? {} : { endUs }),
    });
  }
}

/** Both ways tell all of the text: the first one that comes is it. */
function append(model: OpenSpan, textBy: 'piece' | 'block', text: string): void {
  model.textBy ??= textBy;
  if (model.textBy === textBy) model.span.append(text);
}

/** Not every span that failed has the error: of a model's, only the agent's above it does. */
function statusOf(
  { success, status, finishReason }: Record<string, unknown>,
  output: unknown,
): { status?: SpanStatus } {
  if (success === false || status === 'failed' || finishReason === 'error')
    return { status: 'error' };
  return objectOf(output)['status'] === 'aborted' ? { status: 'unset' } : {};
}

/** A time that lies behind us, as Mastra gives it; `undefined` for what happens now. */
function pastUs(time: Date | undefined): number | undefined {
  const ms = time instanceof Date ? time.getTime() : Number.NaN;
  return Math.abs(Date.now() - ms) > AT_ONCE_MS ? ms * 1_000 : undefined;
}

function levelOf(level: string): 'debug' | 'info' | 'warn' | 'error' {
  if (level === 'debug' || level === 'warn' || level === 'error') return level;
  return level === 'fatal' ? 'error' : 'info';
}
