import {
  FINAL_REVISION,
  toSpanEvents,
  type Attributes,
  type CloseEvent,
  type OpenEvent,
} from '@spantail/protocol';
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
  readonly #flushIntervalMs: number;
  /** Started, and to be published soon, with what is set meanwhile. */
  #starting: SpanState[] = [];
  #publishedAtMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  /** Spans that have ended and wait for what the resource detectors find. */
  readonly #settling = new Set<Promise<void>>();
  #stopped = false;

  constructor(options: SpanProcessorOptions = {}) {
    const { intervalMs = DEFAULT_INTERVAL_MS, ...rest } = options;
    this.#flushIntervalMs = rest.flushIntervalMs ?? FLUSH_INTERVAL_MS;
    this.#tracer = tracerOf({ ...rest, flushIntervalMs: this.#flushIntervalMs });
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
      if (this.#starting.push(state) === 1) this.#startSoon();
    });
  }

  onEnd(span: SdkSpan): void {
    this.#attempt(() => {
      if (!this.#takes(span)) return;
      const state = this.#open.take(span.spanContext().spanId) ?? new SpanState(span);
      const wasStarted = state.revision > 0;
      // Not to be published as a start any more, should that not have come yet.
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

  /**
   * In the next microtask after a pause. Under load, when the publisher sends next: nobody would see
   * them earlier, and spans that have ended by then are published once.
   */
  #startSoon(): void {
    const waitMs = this.#publishedAtMs + this.#flushIntervalMs - performance.now();
    if (waitMs <= 0) return queueMicrotask(() => this.#publishStarting());
    this.#timer = setTimeout(() => this.#publishStarting(), waitMs).unref();
  }

  #publishStarting(): void {
    clearTimeout(this.#timer);
    if (this.#starting.length > 0) this.#publishedAtMs = performance.now();
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
    open.revision = state.revision;
    state.remember(span, open);
    this.#publish(span, open, 'input', input);
  }

  #publishEnd(span: SdkSpan, state: SpanState, wasStarted: boolean): void {
    const { open, input, close, output } = toSpanEvents(
      toOtelSpan(span, true, this.#resource(span)),
    );
    if (close === undefined) return;
    // What has not changed since is there already.
    const added = wasStarted ? state.addedAttributes(span, open) : undefined;
    if (added === undefined) this.#publish(span, open, 'input', input);
    else if (Object.keys(added).length > 0) close.attributes = added;
    this.#publish(span, close, 'output', output);
  }

  #publish(span: SdkSpan, event: OpenEvent | CloseEvent, key: string, content: unknown): void {
    const { traceId } = span.spanContext();
    if (content === undefined) return this.#host.publish(traceId, event);
    const payload = this.#host.payload(traceId, content);
    this.#host.publish(traceId, payload === undefined ? event : { ...event, [key]: payload });
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
