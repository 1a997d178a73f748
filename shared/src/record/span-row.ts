import type {
  Attributes,
  SpanError,
  SpanLink,
  SpanLog,
  SpanStatus,
  SpanType,
  TimeUs,
} from '../event/event.ts';
import type { SpanId, TraceId } from '../ids.ts';
import type { Payload } from '../payload/payload.ts';
import type { SpanState } from '../tree/span-node.ts';

/** What a model call used. Cost in US dollars, where it is known. */
export interface TokenCounts {
  inputTokens?: number;
  outputTokens?: number;
  cachedInputTokens?: number;
  reasoningTokens?: number;
  costUsd?: number;
}

/** One span as it is kept: columns for what people filter on, the rest as it came. */
export interface SpanRow extends TokenCounts {
  traceId: TraceId;
  spanId: SpanId;
  parentSpanId?: SpanId;
  name: string;
  type: SpanType;
  state: SpanState;
  status: SpanStatus;
  /** Absent while its start is unknown. */
  startUs?: TimeUs;
  endUs?: TimeUs;
  /** Of an ended span with a known start. */
  durationUs?: number;
  /** The agent it belongs to: its own name for it, else that of the nearest agent above it. */
  agent?: string;
  model?: string;
  provider?: string;
  sessionId?: string;
  userId?: string;
  error?: SpanError;
  attributes: Attributes;
  input?: Payload;
  output?: Payload;
  /** Partial output; the output of a span that closed without one. */
  outputText: string;
  logs: SpanLog[];
  links: SpanLink[];
}
