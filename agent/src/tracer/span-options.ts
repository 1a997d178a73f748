import type { SpanLink, SpanStatus, SpanType, Usage } from '@spantail/protocol';

export interface SpanOptions {
  /** What the step was given. Read at once; it may change afterwards. */
  input?: unknown;
  /** OpenTelemetry attributes, `gen_ai.*` among them. */
  attributes?: Record<string, unknown>;
  links?: readonly SpanLink[];
  /** Microseconds since the epoch. Default now. */
  startUs?: number;
}

export interface TypedSpanOptions extends SpanOptions {
  /** Default `step`. */
  type?: SpanType;
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
