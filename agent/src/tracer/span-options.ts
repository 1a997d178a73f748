import type { SpanLink, SpanStatus, SpanType, TraceContext, Usage } from '@spantail/protocol';
import type { Span } from './span.ts';

export interface SpanOptions {
  /** What the step was given. Read at once; it may change afterwards. */
  input?: unknown;
  /** OpenTelemetry attributes, `gen_ai.*` among them. */
  attributes?: Record<string, unknown>;
  links?: readonly SpanLink[];
  /** Microseconds since the epoch. Default now. */
  startUs?: number;
}

export interface StartOptions extends SpanOptions {
  /** Default `step`. */
  type?: SpanType;
  /**
   * A span, or what `extract` gave. Default the active span; `null` starts a trace of its own.
   */
  parent?: Span | TraceContext | null | undefined;
}

export interface RunOptions extends SpanOptions {
  /**
   * Default the active span: an agent that calls an agent is one trace. `null` starts a trace of its
   * own; what `extract` gave goes on with another process' trace.
   */
  parent?: StartOptions['parent'];
}

/** How a span ends. */
export interface EndOptions {
  /** What came of it. Absent: what was appended or set before. */
  output?: unknown;
  attributes?: Record<string, unknown>;
  usage?: Usage;
  /** Default `ok`, or `error` when there is an error. */
  status?: SpanStatus;
  /** Anything that was thrown, or an error that is already described. */
  error?: unknown;
  /** Microseconds since the epoch. Default now. */
  endUs?: number;
}
