import type { SpanId, TraceContext, TraceId } from '@spantail/protocol';
import type { SpanOptions, TypedSpanOptions } from './span-options.ts';
import type { Span } from './span.ts';

/**
 * Where a span goes: below a span of this process, or where `extract` says that another one's is.
 * Default the active span; `null` starts a trace of its own.
 */
export type Parent = Span | TraceContext | null | undefined;

export interface StartOptions extends TypedSpanOptions {
  parent?: Parent;
  /** Id of the span, where another tracer has given it one. Default a random one. */
  spanId?: SpanId;
  /** Id of the trace, of a span without a parent, where another tracer has given it one. */
  traceId?: TraceId;
}

/** By default an agent that runs inside an agent is part of its trace. */
export interface RunOptions extends SpanOptions {
  parent?: Parent;
}
