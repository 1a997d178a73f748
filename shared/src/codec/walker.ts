import { SpantailError, type ErrorCode } from '../wire/errors.ts';
import { isUtf8 } from '../text/utf8.ts';

export interface WalkLimits {
  /** Arrays and maps that may be nested in each other. */
  depth: number;
  /** Size of the whole value. */
  bytes: number;
  /** Values in it, keys included: each costs a decoder far more than its own bytes. Default: any. */
  values?: number;
  /** Code of the error for malformed bytes. Default `EVENT_INVALID`. */
  code?: ErrorCode;
}

/**
 * Proves that bytes are exactly one MessagePack value that is safe to decode: complete, nothing
 * behind it, nested no deeper than allowed, text in UTF-8, map keys text, no extension types. Looks
 * at each header once and allocates nothing, so a hostile value costs no more than its own bytes: a
 * decoder would overflow the stack on deep nesting and believe a length that is not there.
 *
 * @throws SpantailError `TOO_LARGE` above `limits.bytes`, otherwise `limits.code` with the offset
 */
export function checkMessagePack(bytes: Uint8Array, limits: WalkLimits): void {
  const code = limits.code ?? 'EVENT_INVALID';
  if (bytes.byteLength > limits.bytes)
    throw new SpantailError(
      'TOO_LARGE',
      `${bytes.byteLength} bytes are more than the limit of ${limits.bytes}`,
    );
  const end = bytes.byteLength;
  const mostValues = limits.values ?? Number.POSITIVE_INFINITY;
  let declared = 1;
  const stack = stackFor(limits.depth);
  let depth = 0;
  // Values still to come: at the top level, or in the container at `depth`. A map counts keys and
  // values and is stored negative, so that a key is where the count is even.
  stack[0] = 1;
  let at = 0;
  for (;;) {
    while (depth >= 0 && stack[depth] === 0) depth--;
    if (depth < 0) break;
    const left = stack[depth] ?? 0;
    const isKey = left < 0 && left % 2 === 0;
    stack[depth] = left < 0 ? left + 1 : left - 1;

    const start = at;
    if (at >= end) throw malformed(code, at, 'ends in the middle of a value');
    const token = bytes[at++] ?? 0;
    if (isKey && !isStringToken(token))
      throw malformed(code, start, 'has a map key that is not text');
    if (token < 0x80 || token >= 0xe0) continue;

    const kind = kindOf(token);
    if (kind === REFUSED)
      throw malformed(code, start, 'has an extension type or the reserved byte c1');
    const headerBytes = lengthBytes(token);
    if (at + headerBytes > end) throw malformed(code, start, 'ends in the middle of a header');
    const length = headerBytes === 0 ? fixedLength(token) : readLength(bytes, at, headerBytes);
    at += headerBytes;

    if (kind === ARRAY || kind === MAP) {
      const values = kind === MAP ? 2 * length : length;
      // Each value takes a byte at least.
      if (values > end - at)
        throw malformed(code, start, `declares ${length} elements that are not there`);
      declared += values;
      if (declared > mostValues)
        throw new SpantailError('TOO_LARGE', `more than ${mostValues} MessagePack values in one`);
      if (++depth > limits.depth)
        throw malformed(code, start, `is nested deeper than ${limits.depth} levels`);
      stack[depth] = kind === MAP ? -values : values;
      continue;
    }
    if (length > end - at)
      throw malformed(code, start, `declares ${length} bytes that are not there`);
    if (kind === TEXT && !isUtf8(bytes, at, at + length))
      throw malformed(code, start, 'has a text that is not UTF-8');
    at += length;
  }
  if (at < end) throw malformed(code, at, `has ${end - at} bytes behind its end`);
}

const SCALAR = 0;
const TEXT = 1;
const BYTES = 2;
const ARRAY = 3;
const MAP = 4;
const REFUSED = 5;
type Kind = 0 | 1 | 2 | 3 | 4 | 5;

// prettier-ignore
/** Kinds of the tokens c0…df, in order. */
const KINDS: readonly Kind[] = [
  SCALAR, REFUSED, SCALAR, SCALAR, BYTES, BYTES, BYTES, REFUSED,
  REFUSED, REFUSED, SCALAR, SCALAR, SCALAR, SCALAR, SCALAR, SCALAR,
  SCALAR, SCALAR, SCALAR, SCALAR, REFUSED, REFUSED, REFUSED, REFUSED,
  REFUSED, TEXT, TEXT, TEXT, ARRAY, ARRAY, MAP, MAP,
];

// prettier-ignore
/** Bytes of the length that follows the tokens c0…df, in order. */
const LENGTH_BYTES: readonly number[] = [
  0, 0, 0, 0, 1, 2, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 2, 4, 2, 4,
];

// prettier-ignore
/** Bytes of the value itself behind the tokens c0…df: floats and integers. */
const SCALAR_BYTES: readonly number[] = [
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 8, 1, 2, 4, 8,
  1, 2, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];

function isStringToken(token: number): boolean {
  return (token >= 0xa0 && token <= 0xbf) || (token >= 0xd9 && token <= 0xdb);
}

/** For tokens 80…df. */
function kindOf(token: number): Kind {
  if (token >= 0xc0) return KINDS[token - 0xc0] ?? REFUSED;
  if (token >= 0xa0) return TEXT;
  return token >= 0x90 ? ARRAY : MAP;
}

function lengthBytes(token: number): number {
  return token < 0xc0 ? 0 : (LENGTH_BYTES[token - 0xc0] ?? 0);
}

function fixedLength(token: number): number {
  if (token >= 0xc0) return SCALAR_BYTES[token - 0xc0] ?? 0;
  return token & (token >= 0xa0 ? 0x1f : 0x0f);
}

function readLength(bytes: Uint8Array, at: number, count: number): number {
  let length = 0;
  for (let i = at; i < at + count; i++) length = length * 256 + (bytes[i] ?? 0);
  return length;
}

function malformed(code: ErrorCode, offset: number, what: string): SpantailError {
  return new SpantailError(code, `MessagePack ${what} (at byte ${offset})`);
}

let sharedStack = new Float64Array(128);

/** The walk is synchronous and never re-entered, so one stack serves all. */
function stackFor(depth: number): Float64Array {
  if (sharedStack.length < depth + 2) sharedStack = new Float64Array(depth + 2);
  return sharedStack;
}
