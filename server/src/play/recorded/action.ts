import type {
  Attributes,
  SpanError,
  SpanLink,
  SpanLog,
  SpanStatus,
  SpanType,
  TimeUs,
  TraceId,
  Usage,
} from '@spantail/protocol';

/** A plain value as JSON carries it: a span's input or output before it becomes a payload. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | JsonValue[]
  | { [key: string]: JsonValue };

/** Names a span within its run: the id the source gave it. */
export type SpanKey = string;

interface ActionBase {
  key: SpanKey;
  /** When it happened by the source's clock. Decides when it is played. */
  atUs: TimeUs;
}

export interface RecordedOpen extends ActionBase {
  type: 'open';
  parentKey?: SpanKey;
  name: string;
  spanType: SpanType;
  startUs: TimeUs;
  attributes?: Attributes;
  input?: JsonValue;
  links?: SpanLink[];
}

export interface RecordedUpdate extends ActionBase {
  type: 'update';
  attributes?: Attributes;
  outputDelta?: string;
  logs?: SpanLog[];
  name?: string;
  spanType?: SpanType;
  input?: JsonValue;
}

export interface RecordedClose extends ActionBase {
  type: 'close';
  endUs: TimeUs;
  status: SpanStatus;
  error?: SpanError;
  /** Absent when the deltas are the output. */
  output?: JsonValue;
  attributes?: Attributes;
  usage?: Usage;
}

/** One thing that happened in a recorded run. */
export type RecordedAction = RecordedOpen | RecordedUpdate | RecordedClose;

/**
 * A recorded run, in the order in which it happened: a span opens before it grows, grows before it
 * closes, and opens behind its parent's opening (see `order.ts`).
 */
export interface RecordedRun {
  /** For people: the file's name, and the trace's when a file holds several. */
  name: string;
  /** The program that ran, as the gateway's `service`. */
  service: string;
  actions: RecordedAction[];
  /** The source's own trace id, when it is one. A new play gets a new id all the same. */
  sourceTraceId?: TraceId;
}
