import {
  SpantailError,
  type OtelEvent,
  type OtelSpan,
  type SpanId,
  type TraceId,
} from '@spantail/protocol';

/** What was sent and cannot be kept. */
export interface Rejected {
  count: number;
  /** What is wrong with the first ones, for the sender's log. */
  messages: string[];
}

/** An `ExportTraceServiceRequest`, read. */
export interface TracesRequest {
  spans: OtelSpan[];
  rejected: Rejected;
}

/** A log record that belongs to a span. */
export interface SpanLogRecord {
  traceId: TraceId;
  spanId: SpanId;
  /** Its name, time, and body and attributes as attributes. */
  event: OtelEvent;
  severity?: 'debug' | 'info' | 'warn' | 'error';
}

/** An `ExportLogsServiceRequest`, read: records that belong to no span are nobody's here. */
export interface LogsRequest {
  records: SpanLogRecord[];
  /** Texts of OTLP/JSON: open spans that arrived as the bodies of heartbeats. */
  heartbeats: string[];
  rejected: Rejected;
}

const MOST_MESSAGES = 3;

export function reject(rejected: Rejected, message: string): void {
  rejected.count++;
  if (rejected.messages.length < MOST_MESSAGES) rejected.messages.push(message);
}

/** Reads a part of a request: what is broken in it costs only itself. */
export function readOrReject(rejected: Rejected, what: () => string, read: () => void): void {
  try {
    read();
  } catch (error) {
    // Of the request as a whole: it is too large.
    if (error instanceof SpantailError) throw error;
    reject(rejected, `${what()}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
