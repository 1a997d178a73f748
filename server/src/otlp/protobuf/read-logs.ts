import type { Attributes, AttributeValue } from '@spantail/protocol';
import { reject, type LogsRequest } from '../request.ts';
import { checkLogRecord, type RawLogRecord } from '../spans/check-log-record.ts';
import { readAnyValue, readKeyValue } from './any-value.ts';
import { BYTES, FIXED64, ProtobufReader, VARINT } from './reader.ts';

/**
 * An `ExportLogsServiceRequest` (opentelemetry-proto 1.11, `logs.proto`): the records that name a span.
 *
 * @throws ProtobufError when the message around the records is broken
 */
export function readLogsProtobuf(bytes: Buffer): LogsRequest {
  const request: LogsRequest = { records: [], rejected: { count: 0, messages: [] } };
  eachPart(new ProtobufReader(bytes), 1, (resourceLogs) =>
    eachPart(resourceLogs, 2, (scopeLogs) =>
      eachPart(scopeLogs, 2, (record) => addRecord(record, request)),
    ),
  );
  return request;
}

function eachPart(reader: ProtobufReader, field: number, take: (part: ProtobufReader) => void) {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((field << 3) | BYTES)) take(reader.part());
    else reader.skip(tag);
  }
}

function addRecord(reader: ProtobufReader, request: LogsRequest): void {
  try {
    const record = checkLogRecord(readRecord(reader));
    if (record !== undefined) request.records.push(record);
  } catch (error) {
    reject(
      request.rejected,
      `log record: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function readRecord(reader: ProtobufReader): RawLogRecord {
  const attributes: Attributes = {};
  let body: AttributeValue = null;
  const record = { traceId: '', spanId: '', timeUs: 0, observedUs: 0, severity: 0, eventName: '' };
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case (1 << 3) | FIXED64:
        record.timeUs = reader.nanosAsUs();
        break;
      case (2 << 3) | VARINT:
        record.severity = reader.uint();
        break;
      case (5 << 3) | BYTES:
        body = readAnyValue(reader);
        break;
      case (6 << 3) | BYTES:
        readKeyValue(reader, attributes);
        break;
      case (9 << 3) | BYTES:
        record.traceId = reader.hex();
        break;
      case (10 << 3) | BYTES:
        record.spanId = reader.hex();
        break;
      case (11 << 3) | FIXED64:
        record.observedUs = reader.nanosAsUs();
        break;
      case (12 << 3) | BYTES:
        record.eventName = reader.text();
        break;
      default:
        reader.skip(tag);
    }
  }
  return { ...record, attributes, body };
}
