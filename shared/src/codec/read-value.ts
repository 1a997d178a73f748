import { decodeUtf8 } from '../text/utf8.ts';

/** Texts up to this length are put together by hand: a call of the platform's decoder costs more. */
const SHORT_BYTES = 24;

/**
 * Reads MessagePack that `checkMessagePack` has proved to be sound: complete, no extension types, map
 * keys text, nesting bounded. So nothing is checked here, which makes it a fraction of a general
 * decoder's size, and about as fast: see `docs/adr/0003-own-messagepack-reader.md`.
 *
 * Maps become `Map`, `bin` views or copies, integers beyond ±(2^53 - 1) `bigint`.
 *
 * @param copies whether `bin` is copied out of `bytes`, or shares its memory
 */
export function readValue(bytes: Uint8Array, copies: boolean): unknown {
  source = bytes;
  copying = copies;
  view = undefined;
  at = 0;
  const value = read();
  source = NOTHING;
  view = undefined;
  return value;
}

// Reading is synchronous and never re-entered, so its state is the module's: fields of an object
// would cost a fifth more.
const NOTHING = new Uint8Array();
let source: Uint8Array = NOTHING;
let view: DataView | undefined;
let copying = false;
let at = 0;

function read(): unknown {
  const token = source[at++] ?? 0;
  if (token < 0x80) return token;
  if (token < 0x90) return readMap(token & 0x0f);
  if (token < 0xa0) return readArray(token & 0x0f);
  if (token < 0xc0) return readText(token & 0x1f);
  return token >= 0xe0 ? token - 0x100 : readLong(token);
}

function readLong(token: number): unknown {
  switch (token) {
    case 0xc2:
      return false;
    case 0xc3:
      return true;
    case 0xc4:
      return readBin(readLength(1));
    case 0xc5:
      return readBin(readLength(2));
    case 0xc6:
      return readBin(readLength(4));
    case 0xcc:
      return readLength(1);
    case 0xcd:
      return readLength(2);
    case 0xce:
      return readLength(4);
    case 0xd9:
      return readText(readLength(1));
    case 0xda:
      return readText(readLength(2));
    case 0xdb:
      return readText(readLength(4));
    case 0xdc:
      return readArray(readLength(2));
    case 0xdd:
      return readArray(readLength(4));
    case 0xde:
      return readMap(readLength(2));
    case 0xdf:
      return readMap(readLength(4));
    default:
      return readNumber(token);
  }
}

/** Floats, signed and 64-bit integers; anything else is `nil`. */
function readNumber(token: number): unknown {
  view ??= new DataView(source.buffer, source.byteOffset, source.byteLength);
  const from = at;
  switch (token) {
    case 0xca:
      at += 4;
      return view.getFloat32(from);
    case 0xcb:
      at += 8;
      return view.getFloat64(from);
    case 0xcf: {
      at += 8;
      const value = view.getUint32(from) * 0x1_0000_0000 + view.getUint32(from + 4);
      return Number.isSafeInteger(value) ? value : view.getBigUint64(from);
    }
    case 0xd0:
      at += 1;
      return view.getInt8(from);
    case 0xd1:
      at += 2;
      return view.getInt16(from);
    case 0xd2:
      at += 4;
      return view.getInt32(from);
    case 0xd3: {
      at += 8;
      const value = view.getInt32(from) * 0x1_0000_0000 + view.getUint32(from + 4);
      return Number.isSafeInteger(value) ? value : view.getBigInt64(from);
    }
    default:
      return null;
  }
}

/** An unsigned integer of so many bytes. */
function readLength(bytes: 1 | 2 | 4): number {
  let length = 0;
  for (const end = at + bytes; at < end; at++) length = length * 0x100 + (source[at] ?? 0);
  return length;
}

function readArray(count: number): unknown[] {
  const items: unknown[] = [];
  for (let i = 0; i < count; i++) items.push(read());
  return items;
}

function readMap(count: number): Map<unknown, unknown> {
  const map = new Map<unknown, unknown>();
  for (let i = 0; i < count; i++) {
    const key = readKey();
    map.set(key, read());
  }
  return map;
}

function readBin(length: number): Uint8Array {
  const from = at;
  at += length;
  return copying ? source.slice(from, at) : source.subarray(from, at);
}

function readText(length: number): string {
  const from = at;
  at += length;
  if (length > SHORT_BYTES) return decodeUtf8(source.subarray(from, at));
  let text = '';
  let i = from;
  // Four at a time: each piece is an allocation.
  for (const end = at - 3; i < end; i += 4) {
    const a = source[i] ?? 0;
    const b = source[i + 1] ?? 0;
    const c = source[i + 2] ?? 0;
    const d = source[i + 3] ?? 0;
    if ((a | b | c | d) >= 0x80) return decodeUtf8(source.subarray(from, at));
    text += String.fromCharCode(a, b, c, d);
  }
  for (; i < at; i++) {
    const byte = source[i] ?? 0;
    if (byte >= 0x80) return decodeUtf8(source.subarray(from, at));
    text += String.fromCharCode(byte);
  }
  return text;
}

/** Keys come again and again: each is put together once, as long as no other takes its place. */
const KEY_SLOTS = 512;
const keyTexts: (string | undefined)[] = Array.from({ length: KEY_SLOTS });
const keyBytes: Uint8Array[] = [];

function readKey(): unknown {
  const token = source[at] ?? 0;
  const length = token & 0x1f;
  if (token < 0xa1 || token > 0xbf) return read();
  const from = at + 1;
  let hash = length;
  for (let i = from; i < from + length; i++) hash = (hash * 31 + (source[i] ?? 0)) | 0;
  const slot = hash & (KEY_SLOTS - 1);
  const known = keyTexts[slot];
  const bytes = keyBytes[slot];
  if (known !== undefined && bytes?.byteLength === length) {
    let same = 0;
    while (same < length && bytes[same] === source[from + same]) same++;
    if (same === length) {
      at = from + length;
      return known;
    }
  }
  at = from;
  const text = readText(length);
  keyTexts[slot] = text;
  keyBytes[slot] = source.slice(from, from + length);
  return text;
}
