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

/** A `google.rpc.Status`: code (field 1) and message (field 2). */
export function writeStatus(code: number, message: string): Buffer {
  return Buffer.concat([Buffer.from([0x08]), varint(code), textField(2, message)]);
}

function textField(field: number, text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([(field << 3) | 2]), varint(bytes.length), bytes]);
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
