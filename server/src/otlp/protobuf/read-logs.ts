import type { Attributes, AttributeValue } from '@spantail/protocol';
import { addRecord } from '../logs/add-record.ts';
import type { RawLogRecord } from '../logs/check-log-record.ts';
import { readOrReject, type LogsRequest } from '../request.ts';
import { readAnyValue, readKeyValue } from './any-value.ts';
import { BYTES, FIXED64, ProtobufReader, VARINT } from './reader.ts';

/**
 * An `ExportLogsServiceRequest` (opentelemetry-proto 1.11, `logs.proto`): the records that name a span.
 *
 * @throws ProtobufError when the request as a whole is broken; SpantailError TOO_LARGE
 */
export function readLogsProtobuf(bytes: Buffer): LogsRequest {
  const request: LogsRequest = {
    records: [],
    heartbeats: [],
    rejected: { count: 0, messages: [] },
  };
  const { rejected } = request;
  eachPart(new ProtobufReader(bytes), 1, (resourceLogs) =>
    readOrReject(
      rejected,
      () => 'resourceLogs',
      () =>
        eachPart(resourceLogs, 2, (scopeLogs) =>
          readOrReject(
            rejected,
            () => 'scopeLogs',
            () =>
              eachPart(scopeLogs, 2, (record) =>
                readOrReject(
                  rejected,
                  () => 'log record',
                  () => addRecord(readRecord(record), request),
                ),
              ),
          ),
        ),
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
