import type { OtelEvent, OtelSpan, SpanId, TraceId } from '@spantail/protocol';

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
  rejected: Rejected;
}

const MOST_MESSAGES = 3;

export function reject(rejected: Rejected, message: string): void {
  rejected.count++;
  if (rejected.messages.length < MOST_MESSAGES) rejected.messages.push(message);
}
