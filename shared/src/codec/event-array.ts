import { SpantailError } from '../wire/errors.ts';
import { arrayHeader, binHeaderBytes, writeBinHeader } from './headers.ts';

/** An encoded array of events without its header, to be joined with others. */
export interface EventArrayBody {
  count: number;
  /** A view: `count` times a `bin` header and the event's bytes. */
  body: Uint8Array;
}

/** Encoded events as one MessagePack array of `bin`: an entry's `events` in the log. */
export function encodeEventArray(events: readonly Uint8Array[]): Uint8Array {
  const head = arrayHeader(events.length);
  let length = head.byteLength;
  for (const { byteLength } of events) length += byteLength + binHeaderBytes(byteLength);
  const bytes = new Uint8Array(length);
  bytes.set(head);
  let at = head.byteLength;
  for (const event of events) {
    at = writeBinHeader(bytes, at, event.byteLength);
    bytes.set(event, at);
    at += event.byteLength;
  }
  return bytes;
}

/**
 * The encoded events of an array, as views of `bytes`: keeping one keeps the whole array.
 *
 * @throws SpantailError `BATCH_INVALID` when it is anything but an array of `bin`
 */
export function decodeEventArray(bytes: Uint8Array): Uint8Array[] {
  const { count, body } = eventArrayBody(bytes);
  const events: Uint8Array[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const token = body[at] ?? 0;
    if (token < 0xc4 || token > 0xc6) throw invalid(`element ${i} is not bin`);
    const headerBytes = 1 << (token - 0xc4);
    const start = at + 1 + headerBytes;
    const end = start + readLength(body, at + 1, headerBytes);
    if (end > body.byteLength) throw invalid(`ends in the middle of element ${i}`);
    events.push(body.subarray(start, end));
    at = end;
  }
  if (at < body.byteLength) throw invalid(`has ${body.byteLength - at} bytes behind its end`);
  return events;
}

/**
 * The array without its header. Only the header is read.
 *
 * @throws SpantailError `BATCH_INVALID` when it is not an array
 */
export function eventArrayBody(bytes: Uint8Array): EventArrayBody {
  const token = bytes[0] ?? 0;
  if (token >= 0x90 && token <= 0x9f) return split(bytes, token & 0x0f, 1);
  if (token === 0xdc) return split(bytes, readLength(bytes, 1, 2), 3);
  if (token === 0xdd) return split(bytes, readLength(bytes, 1, 4), 5);
  throw invalid('is not an array');
}

function split(bytes: Uint8Array, count: number, headerBytes: number): EventArrayBody {
  // Each element takes two bytes at least.
  if (2 * count > bytes.byteLength - headerBytes)
    throw invalid(`declares ${count} elements that are not there`);
  return { count, body: bytes.subarray(headerBytes) };
}

function readLength(bytes: Uint8Array, at: number, count: number): number {
  let length = 0;
  for (let i = at; i < at + count; i++) length = length * 256 + (bytes[i] ?? 0);
  return length;
}

function invalid(what: string): SpantailError {
  return new SpantailError('BATCH_INVALID', `the array of events ${what}`);
}
