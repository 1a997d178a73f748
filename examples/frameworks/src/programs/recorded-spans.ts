import { context, trace, type Tracer } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  NodeTracerProvider,
  type ReadableSpan,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import type { Attributes, OtelKind, OtelSpan, SpanStatus } from '@spantail/protocol';

const KINDS: readonly OtelKind[] = ['internal', 'server', 'client', 'producer', 'consumer'];
const STATUSES: readonly SpanStatus[] = ['unset', 'ok', 'error'];

/** OpenTelemetry with nothing but a list of the spans that have ended. */
export function recordSpans(): {
  tracer: Tracer;
  provider: NodeTracerProvider;
  print: () => Promise<void>;
} {
  const spans: ReadableSpan[] = [];
  const processor: SpanProcessor = {
    onStart: () => {},
    onEnd: (span) => spans.push(span),
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const provider = new NodeTracerProvider({ spanProcessors: [processor] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  return {
    tracer: provider.getTracer('recorded'),
    provider,
    print: async () => {
      await provider.forceFlush();
      spans.sort((a, b) => toUs(a.startTime) - toUs(b.startTime));
      process.stdout.write(`${JSON.stringify(spans.map(toOtelSpan), withoutPaths, 1)}\n`);
    },
  };
}

function toOtelSpan(span: ReadableSpan): OtelSpan {
  const { traceId, spanId } = span.spanContext();
  const { parentSpanContext, status, instrumentationScope } = span;
  const kind = KINDS[span.kind];
  return {
    traceId,
    spanId,
    ...(parentSpanContext === undefined ? {} : { parentSpanId: parentSpanContext.spanId }),
    name: span.name,
    ...(kind === undefined ? {} : { kind }),
    startUs: toUs(span.startTime),
    endUs: toUs(span.endTime),
    status: STATUSES[status.code] ?? 'unset',
    ...(status.message === undefined ? {} : { statusMessage: status.message }),
    attributes: span.attributes as Attributes,
    events: span.events.map(({ time, name, attributes = {} }) => ({
      timeUs: toUs(time),
      name,
      attributes: attributes as Attributes,
    })),
    links: [],
    resource: {},
    scope: { name: instrumentationScope.name },
  };
}

/** A stack has the paths of the machine that recorded it. */
function withoutPaths(_key: string, value: unknown): unknown {
  return typeof value === 'string'
    ? value.replace(/(\n {4}at [^\n]*)+/g, '\n    at recorded')
    : value;
}

function toUs([seconds, nanoseconds]: readonly [number, number]): number {
  return seconds * 1_000_000 + Math.floor(nanoseconds / 1_000);
}
