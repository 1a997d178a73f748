import type { SpanId, TraceId } from '../ids.ts';
import type { Payload } from '../payload/payload.ts';

/** Microseconds since the Unix epoch, an integer. Fits a JS-safe number until the year 2255. */
export type TimeUs = number;

export const SPAN_TYPES = [
  'agent',
  'model',
  'tool',
  'retrieval',
  'embedding',
  'guardrail',
  'handoff',
  'step',
] as const;
export type SpanType = (typeof SPAN_TYPES)[number];

export const SPAN_STATUSES = ['unset', 'ok', 'error'] as const;
/** OpenTelemetry's span status code. */
export type SpanStatus = (typeof SPAN_STATUSES)[number];

/** What an attribute may be: OpenTelemetry's attribute values, nested where a source nests. */
export type AttributeValue =
  | string
  | number
  | boolean
  | null
  | AttributeValue[]
  | { [key: string]: AttributeValue };
export type Attributes = Record<string, AttributeValue>;

export interface SpanError {
  type: string;
  message: string;
  stack?: string;
}

/** Tokens and money one model call used. Cost in US dollars, where the source knows it. */
export interface Usage {
  inputTokens?: number;
  outputTokens?: number;
  cachedInputTokens?: number;
  reasoningTokens?: number;
  totalTokens?: number;
  costUsd?: number;
}

export interface SpanLink {
  traceId: TraceId;
  spanId: SpanId;
  attributes?: Attributes;
}

export interface SpanLog {
  timeUs: TimeUs;
  message: string;
  level?: 'debug' | 'info' | 'warn' | 'error';
  attributes?: Attributes;
}

/** What a publisher had to drop since its last event that got through, by kind. */
export interface Dropped {
  /** Whole events (open or close) lost. */
  events?: number;
  /** Updates lost, partial output among them. */
  updates?: number;
  /** Inputs, outputs and large attributes removed from events that were kept. */
  payloads?: number;
}

interface EventBase {
  spanId: SpanId;
  dropped?: Dropped;
}

/** A span started. */
export interface OpenEvent extends EventBase {
  type: 'open';
  parentSpanId?: SpanId;
  name: string;
  spanType: SpanType;
  startUs: TimeUs;
  attributes?: Attributes;
  input?: Payload;
  links?: SpanLink[];
  /** What the step's own log had when this was written: sources that send whole spans know it so. */
  logs?: SpanLog[];
  /**
   * Of several opens of one span the highest counts; absent is 0. For sources that send snapshots
   * of a span: each is an open that knows more.
   */
  revision?: number;
}

/**
 * From here on updates stand beside the counted ones: what others than the span's publisher know of
 * it. They carry no delta, and nothing waits for those between.
 */
export const BESIDE_SEQ = 2 ** 40;

/** An open span grew. `seq` counts a span's updates from 0, without holes. */
export interface UpdateEvent extends EventBase {
  type: 'update';
  seq: number;
  attributes?: Attributes;
  outputDelta?: string;
  logs?: SpanLog[];
  name?: string;
  spanType?: SpanType;
  input?: Payload;
  /** The whole output as far as it is known; the close's counts before it. */
  output?: Payload;
}

/** A span ended. Without `output`, the concatenated `outputDelta`s are the output. */
export interface CloseEvent extends EventBase {
  type: 'close';
  endUs: TimeUs;
  status: SpanStatus;
  error?: SpanError;
  output?: Payload;
  attributes?: Attributes;
  usage?: Usage;
  /** `lost`: written by the server because the publisher's lease lapsed. */
  reason?: 'lost';
}

export type TraceEvent = OpenEvent | UpdateEvent | CloseEvent;
