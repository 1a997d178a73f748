import type { LogsRequest } from '../request.ts';
import { checkLogRecord, type RawLogRecord } from './check-log-record.ts';

/** What `partial.event` says of a heartbeat's last record: the span itself comes as well. */
const STOP = 'stop';

/**
 * Heartbeats (G-Research's `otel-partial` processors): a log record every few seconds whose body is
 * the span, open, as a text of OTLP/JSON. They need not say in their own ids whose they are.
 */
export function addRecord(raw: RawLogRecord, request: LogsRequest): void {
  const heartbeat = raw.attributes['partial.event'];
  if (heartbeat === STOP) return;
  if (heartbeat !== undefined && typeof raw.body === 'string') {
    request.heartbeats.push(raw.body);
    return;
  }
  const record = checkLogRecord(raw);
  if (record !== undefined) request.records.push(record);
}
