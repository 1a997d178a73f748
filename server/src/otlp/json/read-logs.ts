import { addRecord } from '../logs/add-record.ts';
import { readOrReject, type LogsRequest } from '../request.ts';
import { isObject, readAnyValue, readKeyValues } from './any-value.ts';
import { listOf, readId, readNanosAsUs, textOf } from './fields.ts';

/**
 * The records of an `ExportLogsServiceRequest` in OTLP/JSON that name a span.
 *
 * @throws TypeError when it is no such request
 */
export function readLogsJson(value: unknown): LogsRequest {
  if (!isObject(value)) throw new TypeError('the body is not an object with resourceLogs');
  if (value['resourceLogs'] !== undefined && !Array.isArray(value['resourceLogs']))
    throw new TypeError('resourceLogs is not a list');
  const request: LogsRequest = {
    records: [],
    heartbeats: [],
    rejected: { count: 0, messages: [] },
  };
  for (const part of listOf(value['resourceLogs']).filter(isObject))
    for (const scope of listOf(part['scopeLogs']).filter(isObject))
      for (const record of listOf(scope['logRecords'])) readRecord(record, request);
  return request;
}

function readRecord(value: unknown, request: LogsRequest): void {
  readOrReject(
    request.rejected,
    () => 'log record',
    () => {
      if (!isObject(value)) throw new TypeError('is not an object');
      const severity = value['severityNumber'];
      const raw = {
        traceId: readId(value['traceId'], 16),
        spanId: readId(value['spanId'], 8),
        timeUs: readNanosAsUs(value['timeUnixNano']),
        observedUs: readNanosAsUs(value['observedTimeUnixNano']),
        severity: typeof severity === 'number' ? severity : 0,
        eventName: textOf(value['eventName']),
        body: readAnyValue(value['body']),
        attributes: readKeyValues(value['attributes']),
      };
      addRecord(raw, request);
    },
  );
}
