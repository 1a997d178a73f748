import type { Batch, Blob, TraceId } from '@spantail/protocol';
import type { ExportResult, Exporter } from './exporter.ts';

/** What is used of OpenTelemetry's API, which every copy of it shares through the global object. */
interface OtelContext {
  setValue(key: symbol, value: unknown): OtelContext;
}
interface ContextManager {
  active(): OtelContext;
  with<T>(context: OtelContext, run: () => T): T;
}

const OTEL_API = Symbol.for('opentelemetry.js.api.1');
/** `createContextKey` is `Symbol.for`, so that copies of the SDK agree. */
const SUPPRESS_TRACING = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/**
 * An exporter whose own requests OpenTelemetry does not trace: published spans must not make spans
 * that are published again. Costs nothing where there is no OpenTelemetry.
 */
export class UntracedExporter implements Exporter {
  readonly #exporter: Exporter;

  constructor(exporter: Exporter) {
    this.#exporter = exporter;
  }

  export(producer: string, batches: Batch[], signal: AbortSignal): Promise<ExportResult[]> {
    return untraced(() => this.#exporter.export(producer, batches, signal));
  }

  putBlobs(producer: string, traceId: TraceId, blobs: Blob[], signal: AbortSignal): Promise<void> {
    return untraced(() => this.#exporter.putBlobs(producer, traceId, blobs, signal));
  }

  renew(
    producer: string,
    traceIds: TraceId[],
    leaseMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    return untraced(() => this.#exporter.renew(producer, traceIds, leaseMs, signal));
  }

  close(): Promise<void> {
    return untraced(() => this.#exporter.close());
  }
}

function untraced<T>(send: () => T): T {
  const manager = contextManager();
  if (manager === undefined) return send();
  return manager.with(manager.active().setValue(SUPPRESS_TRACING, true), send);
}

function contextManager(): ContextManager | undefined {
  const api = (globalThis as Record<symbol, unknown>)[OTEL_API];
  return (api as { context?: ContextManager } | undefined)?.context;
}
