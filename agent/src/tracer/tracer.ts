import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';
import {
  extractContext,
  injectContext,
  isSpanId,
  isTraceId,
  newSpanId,
  newTraceId,
  type ContextCarrier,
  type ContextSink,
  type InjectOptions,
  type Payload,
  type TraceContext,
  type TraceEvent,
  type TraceId,
} from '@spantail/protocol';
import type { Publisher } from '../publisher/publisher.ts';
import type { PublisherStats } from '../publisher/publisher-options.ts';
import { Span, runSpan, type SpanHost, type Step } from './span.ts';
import type { RunOptions, StartOptions } from './parent-options.ts';

/**
 * What a tracer's spans publish with, for an adapter that has events of its own. Not part of the
 * package's index.
 */
export let hostOf: (tracer: Tracer) => SpanHost;

/** See `createTracer`. */
export class Tracer {
  static {
    hostOf = (tracer) => tracer.#host;
  }

  readonly #publisher: Publisher | undefined;
  readonly #active = new AsyncLocalStorage<Span>();
  readonly #host: SpanHost;

  constructor(
    publisher: Publisher | undefined,
    resource: Readonly<Record<string, unknown>>,
    report: (error: unknown) => void,
  ) {
    this.#publisher = publisher;
    this.#host = {
      publish: (traceId: TraceId, event: TraceEvent) => publisher?.publish(traceId, event),
      payload: (traceId: TraceId, value: unknown): Payload | undefined =>
        publisher?.payload(traceId, value),
      resource,
      report,
      newSpanId: () => newSpanId(randomBytes),
      activeSpan: () => this.#active.getStore(),
      runWith: (span, step) => this.#active.run(span, step),
    };
  }

  /** Whether anything is published. */
  get enabled(): boolean {
    return this.#publisher !== undefined;
  }

  /** The span of the code that is running, if there is one. */
  get activeSpan(): Span | undefined {
    return this.#active.getStore();
  }

  /**
   * Runs an agent as the root of a new trace, or below the active span or the given parent.
   * Everything `step` does, through whatever it awaits, nests below without being passed along.
   */
  run<T>(name: string, step: Step<T>): Promise<Awaited<T>>;
  run<T>(name: string, options: RunOptions, step: Step<T>): Promise<Awaited<T>>;
  async run<T>(
    name: string,
    ...rest: [step: Step<T>] | [options: RunOptions, step: Step<T>]
  ): Promise<Awaited<T>> {
    const [options, step]: [RunOptions, Step<T>] = rest.length === 1 ? [{}, rest[0]] : rest;
    const span = this.startSpan(name, { ...options, type: 'agent' });
    return runSpan(this.#host, span, step, options.input);
  }

  /** A span that is ended by hand, for code that cannot be wrapped. It does not become active. */
  startSpan(name: string, options: StartOptions = {}): Span {
    const { type = 'step', parent = this.activeSpan, spanId, traceId, ...rest } = options;
    const given = { name, type, ...(isSpanId(spanId) ? { spanId } : {}) };
    if (parent instanceof Span)
      return new Span(this.#host, { ...given, traceId: parent.traceId, parent }, rest);
    if (parent === null || parent === undefined) {
      const own = isTraceId(traceId) ? traceId : newTraceId(randomBytes);
      return new Span(this.#host, { ...given, traceId: own }, rest);
    }
    return new Span(this.#host, { ...given, traceId: parent.traceId, remote: parent }, rest);
  }

  /** Runs `step` with a span made by {@link startSpan} as the active one. Does not end it. */
  withSpan<T>(span: Span, step: () => T): T {
    return this.#active.run(span, step);
  }

  /**
   * Writes where a child goes on into headers, into a message's metadata or `_meta`, or, as
   * `environment`, into variables for a child process. `false`, and nothing is written, when there
   * is no span.
   */
  inject(carrier: ContextSink, options: { span?: Span } & InjectOptions = {}): boolean {
    const { span = this.activeSpan, ...how } = options;
    if (span === undefined) return false;
    const { traceId, spanId } = span;
    try {
      injectContext({ ...span.context, traceId, spanId }, carrier, how);
      return true;
    } catch (error) {
      // Frozen headers, for one.
      this.#host.report(error);
      return false;
    }
  }

  /**
   * Where another process' span goes on, from headers, a message's metadata or `_meta`, or
   * `process.env`; pass it as `parent`.
   */
  extract(carrier: ContextCarrier | null | undefined): TraceContext | undefined {
    try {
      return extractContext(carrier);
    } catch (error) {
      this.#host.report(error);
      return undefined;
    }
  }

  get stats(): PublisherStats | undefined {
    return this.#publisher?.stats;
  }

  /** See {@link Publisher.flush}. */
  flush(options?: { timeoutMs?: number }): Promise<boolean> {
    return this.#publisher?.flush(options) ?? Promise.resolve(true);
  }

  /** See {@link Publisher.shutdown}. */
  shutdown(options?: { timeoutMs?: number }): Promise<boolean> {
    return this.#publisher?.shutdown(options) ?? Promise.resolve(true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }
}

function randomBytes(length: number): Uint8Array {
  if (poolAt + length > pool.byteLength) {
    randomFillSync(pool);
    poolAt = 0;
  }
  poolAt += length;
  return pool.subarray(poolAt - length, poolAt);
}

/** One call of the system's generator for hundreds of ids. */
const pool = new Uint8Array(4_096);
let poolAt = pool.byteLength;
