import { FINAL_REVISION, toSpanEvents, type Attributes } from '@spantail/protocol';
import { LOCAL_GATEWAY, tracerOf, type AdapterOptions } from '../adapter/adapter-options.ts';
import type { SpanHost } from '../tracer/span.ts';
import { hostOf, type Tracer } from '../tracer/tracer.ts';
import { OpenSpans } from './open-spans.ts';
import { ownRequests } from './own-requests.ts';
import type { SdkResource, SdkSpan } from './sdk-span.ts';
import { SpanState } from './span-state.ts';
import { toAttributes, toOtelSpan } from './to-otel-span.ts';

export interface SpanProcessorOptions extends AdapterOptions {
  /**
   * How soon a change of an open span is seen: OpenTelemetry does not tell of them, so open spans
   * are looked at this often, and quiet ones up to eight times more rarely. Default 250.
   */
  intervalMs?: number;
}

const DEFAULT_INTERVAL_MS = 250;
/** Below this, looking would be most of what a program with many open spans does. */
const LEAST_INTERVAL_MS = 20;
/** Spans are many and small; sent a little later, dozens share a request. */
const FLUSH_INTERVAL_MS = 50;
const FLUSH_TIMEOUT_MS = 10_000;
const SAMPLED = 0x01;

/**
 * A span processor for OpenTelemetry's SDK, beside whatever others there are: publishes each sampled
 * span when it starts, when it changes and when it ends. Trace and span ids stay OpenTelemetry's.
 *
 * @example
 * new NodeTracerProvider({ spanProcessors: [new SpantailSpanProcessor()] }).register();
 */
export class SpantailSpanProcessor {
  readonly #tracer: Tracer;
  /** The tracer was not given, so that nobody else ends it. */
  readonly #isOwner: boolean;
  readonly #host: SpanHost;
  readonly #isOwnRequest: (span: SdkSpan) => boolean;
  readonly #open: OpenSpans;
  readonly #resources = new WeakMap<SdkResource, Attributes>();
  /** Started in this turn; published in the next microtask, with what was set meanwhile. */
  #starting: SpanState[] = [];
  /** Spans that have ended and wait for what the resource detectors find. */
  readonly #settling = new Set<Promise<void>>();
  #stopped = false;

  constructor(options: SpanProcessorOptions = {}) {
    const { intervalMs = DEFAULT_INTERVAL_MS, ...rest } = options;
    this.#tracer = tracerOf({ flushIntervalMs: FLUSH_INTERVAL_MS, ...rest });
    this.#isOwner = this.#tracer !== rest.tracer;
    this.#host = hostOf(this.#tracer);
    this.#isOwnRequest = ownRequests(rest.url ?? process.env['SPANTAIL_URL'] ?? LOCAL_GATEWAY);
    this.#open = new OpenSpans({
      intervalMs: Math.max(LEAST_INTERVAL_MS, intervalMs || DEFAULT_INTERVAL_MS),
      onChange: (state) => this.#attempt(() => this.#publishOpen(state)),
    });
  }

  onStart(span: SdkSpan, _parentContext?: unknown): void {
    this.#attempt(() => {
      if (!this.#takes(span)) return;
      const state = new SpanState(span);
      this.#open.add(span.spanContext().spanId, state);
      // Many instrumentations say what a span is only just after they have started it.
      if (this.#starting.push(state) === 1) queueMicrotask(() => this.#publishStarting());
    });
  }

  onEnd(span: SdkSpan): void {
    this.#attempt(() => {
      if (!this.#takes(span)) return;
      const state = this.#open.take(span.spanContext().spanId) ?? new SpanState(span);
      const wasStarted = state.revision > 0;
      // Not started any more, should it have begun in this very turn.
      state.revision = FINAL_REVISION;
      const { resource } = span;
      if (resource.asyncAttributesPending !== true || resource.waitForAsyncAttributes === undefined)
        return this.#publishEnd(span, state, wasStarted);
      const settled = resource
        .waitForAsyncAttributes()
        .catch(() => {})
        .then(() => this.#attempt(() => this.#publishEnd(span, state, wasStarted)))
        .finally(() => this.#settling.delete(settled));
      this.#settling.add(settled);
    });
  }

  /** Resolves when everything so far is published, or after ten seconds; never rejects. */
  async forceFlush(): Promise<void> {
    await this.#settle();
    await this.#tracer.flush({ timeoutMs: FLUSH_TIMEOUT_MS });
  }

  /** Publishes what there is and stops. A tracer that was given stays. */
  async shutdown(): Promise<void> {
    await this.#settle();
    this.#stopped = true;
    this.#open.clear();
    if (this.#isOwner) await this.#tracer.shutdown({ timeoutMs: FLUSH_TIMEOUT_MS });
    else await this.#tracer.flush({ timeoutMs: FLUSH_TIMEOUT_MS });
  }

  async #settle(): Promise<void> {
    this.#publishStarting();
    this.#open.lookAtAll();
    await Promise.all(this.#settling);
  }

  #takes(span: SdkSpan): boolean {
    return (
      this.#tracer.enabled &&
      !this.#stopped &&
      (span.spanContext().traceFlags & SAMPLED) !== 0 &&
      !this.#isOwnRequest(span)
    );
  }

  #publishStarting(): void {
    const starting = this.#starting;
    this.#starting = [];
    for (const state of starting)
      // One that has ended meanwhile was published whole.
      if (state.revision === 0) this.#attempt(() => this.#publishOpen(state));
  }

  #publishOpen(state: SpanState): void {
    const { span } = state;
    const { open, input } = toSpanEvents(toOtelSpan(span, false, this.#resource(span)));
    const revision = Math.max(open.revision ?? 0, state.revision + 1);
    state.revision = Math.min(revision, FINAL_REVISION - 1);
    state.remember(span);
    const { traceId } = span.spanContext();
    const payload = input === undefined ? undefined : this.#host.payload(traceId, input);
    this.#host.publish(traceId, {
      ...open,
      revision: state.revision,
      ...(payload === undefined ? {} : { input: payload }),
    });
  }

  #publishEnd(span: SdkSpan, state: SpanState, wasStarted: boolean): void {
    const events = toSpanEvents(toOtelSpan(span, true, this.#resource(span)));
    const { open, input, close, output } = events;
    const { traceId } = span.spanContext();
    // What has not changed since is there already.
    if (!wasStarted || state.hasChanged(span)) {
      const payload = input === undefined ? undefined : this.#host.payload(traceId, input);
      this.#host.publish(traceId, {
        ...open,
        ...(payload === undefined ? {} : { input: payload }),
      });
    }
    if (close === undefined) return;
    const payload = output === undefined ? undefined : this.#host.payload(traceId, output);
    this.#host.publish(traceId, {
      ...close,
      ...(payload === undefined ? {} : { output: payload }),
    });
  }

  #resource({ resource }: SdkSpan): Attributes {
    // Reading it now would be a fault to the SDK; it comes with a later snapshot.
    if (resource.asyncAttributesPending === true) return {};
    let attributes = this.#resources.get(resource);
    if (attributes === undefined) {
      attributes = toAttributes({ ...resource.attributes, ...this.#host.resource });
      this.#resources.set(resource, attributes);
    }
    return attributes;
  }

  /** Nothing of ours is ever thrown into the agent. */
  #attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#host.report(error);
    }
  }
}
