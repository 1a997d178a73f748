import { Buffer } from 'node:buffer';

/**
 * An `ExportTraceServiceResponse` or `ExportLogsServiceResponse`: empty when everything was taken, as
 * OTLP wants it, else with `partial_success` (field 1: how many were rejected, and why).
 */
export function writePartialSuccess(rejected: number, message: string): Buffer {
  if (rejected === 0 && message === '') return Buffer.alloc(0);
  const parts: Buffer[] = [];
  if (rejected > 0) parts.push(Buffer.from([0x08]), varint(rejected));
  parts.push(textField(2, message));
  const inner = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([0x0a]), varint(inner.length), inner]);
}

/**
 * A `google.rpc.Status`: code (field 1), message (field 2), and where it may be sent again the time to
 * wait as `google.rpc.RetryInfo` among the details (field 3).
 */
export function writeStatus(code: number, message: string, retryAfterSeconds?: number): Buffer {
  const status = [Buffer.from([0x08]), varint(code), textField(2, message)];
  if (retryAfterSeconds !== undefined) status.push(field(3, retryInfo(retryAfterSeconds)));
  return Buffer.concat(status);
}

/** A `google.protobuf.Any` with a `RetryInfo`, whose `retry_delay` (field 1) is a `Duration`. */
function retryInfo(seconds: number): Buffer {
  const duration = Buffer.concat([Buffer.from([0x08]), varint(seconds)]);
  return Buffer.concat([
    textField(1, 'type.googleapis.com/google.rpc.RetryInfo'),
    field(2, field(1, duration)),
  ]);
}

function textField(number: number, text: string): Buffer {
  return field(number, Buffer.from(text));
}

function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2]), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  while (left >= 0x80) {
    bytes.push((left % 0x80) | 0x80);
    left = Math.floor(left / 0x80);
  }
  bytes.push(left);
  return Buffer.from(bytes);
}
