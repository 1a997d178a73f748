/** What is used of Mastra's observability, by shape, so that no version of it is asked for. */

/** `TracingEvent` */
export interface MastraTracingEvent {
  /** `span_started`, `span_updated` or `span_ended`. */
  type: string;
  exportedSpan: MastraSpan;
}

/** `AnyExportedSpan`: all that Mastra knows of the span at that moment. */
export interface MastraSpan {
  /** 16 hex digits; `traceId` 32. */
  id: string;
  traceId: string;
  /** The nearest ancestor that is exported. */
  parentSpanId?: string | undefined;
  /** Of a root: the span outside of Mastra that it goes on from. */
  externalParentSpanId?: string | undefined;
  name: string;
  /** `SpanType` */
  type: string;
  startTime: Date;
  endTime?: Date | undefined;
  /** A moment without a duration: it comes as `span_ended` alone. */
  isEvent?: boolean;
  entityId?: string | undefined;
  entityName?: string | undefined;
  attributes?: object | undefined;
  metadata?: Record<string, unknown> | undefined;
  tags?: string[] | undefined;
  input?: unknown;
  output?: unknown;
  errorInfo?: MastraError | undefined;
}

export interface MastraError {
  message: string;
  name?: string | undefined;
  stack?: string | undefined;
  id?: string | undefined;
  domain?: string | undefined;
  category?: string | undefined;
}

/** `LogEvent` */
export interface MastraLogEvent {
  log: {
    spanId?: string | undefined;
    timestamp: Date;
    level: string;
    message: string;
    data?: Record<string, unknown> | undefined;
  };
}

/** `ChunkType`: one piece of an agent's stream. */
export interface MastraChunk {
  type: string;
  runId?: string | undefined;
  payload?: unknown;
}
