/** 32 lower-case hex digits, not all zero: W3C trace id. A run's id *is* its trace id. */
export type TraceId = string;
/** 16 lower-case hex digits, not all zero: W3C span id. */
export type SpanId = string;

const PROJECT = /^[a-z0-9][a-z0-9_-]{0,62}$/;
const PRODUCER = /^[A-Za-z0-9_.:-]{1,64}$/;

export function isTraceId(value: unknown): value is TraceId {
  return typeof value === 'string' && isNonZeroHex(value, 32);
}

export function isSpanId(value: unknown): value is SpanId {
  return typeof value === 'string' && isNonZeroHex(value, 16);
}

/** By hand: every event is looked at, and a regular expression takes twice as long. */
function isNonZeroHex(text: string, length: number): boolean {
  if (text.length !== length) return false;
  let isZero = true;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    const isDigit = code >= 0x30 && code <= 0x39;
    if (!isDigit && (code < 0x61 || code > 0x66)) return false;
    if (code !== 0x30) isZero = false;
  }
  return !isZero;
}

/** A project's name: lower-case letters, digits, `_` and `-`, at most 63 characters. */
export function isProject(value: unknown): value is string {
  return typeof value === 'string' && PROJECT.test(value);
}

/** A producer names one publisher process' lifetime: at most 64 of `A-Z a-z 0-9 _ . : -`. */
export function isProducerId(value: unknown): value is string {
  return typeof value === 'string' && PRODUCER.test(value);
}

/** Source of random bytes, injected because this package touches no platform API. */
export type RandomBytes = (length: number) => Uint8Array;

export function newTraceId(random: RandomBytes): TraceId {
  return nonZeroHex(random, 16);
}

export function newSpanId(random: RandomBytes): SpanId {
  return nonZeroHex(random, 8);
}

/** Lower-case hex of bytes. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX[byte];
  return text;
}

/** Bytes of a hex string of even length; `undefined` when it is not one. */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) return undefined;
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++)
    bytes[i] = 16 * digitOf(text.charCodeAt(2 * i)) + digitOf(text.charCodeAt(2 * i + 1));
  return bytes;
}

/** Of the code of `0` to `9` or `a` to `f`. */
function digitOf(code: number): number {
  return code < 0x3a ? code - 0x30 : code - 0x57;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function nonZeroHex(random: RandomBytes, length: number): string {
  for (;;) {
    const bytes = random(length);
    if (bytes.some((byte) => byte !== 0)) return toHex(bytes);
  }
}
