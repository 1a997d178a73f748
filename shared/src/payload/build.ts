import { LIMITS } from '../limits.ts';
import { encodeUtf8, isWellFormed, truncate, utf8Length } from '../text/utf8.ts';
import { toHex } from '../ids.ts';
import { SpantailError } from '../wire/errors.ts';
import { chunkItems } from './chunk.ts';
import { splitJsonArray } from './split-json.ts';
import {
  PREVIEW_CHARACTERS,
  type Blob,
  type BlobHash,
  type Payload,
  type PayloadItem,
} from './payload.ts';

/** A payload and every blob it names, chunks included, each once. */
export interface BuiltPayload {
  payload: Payload;
  blobs: Blob[];
}

/** A single part from this size on is a blob. */
const INLINE_BYTES = 512;
/** An element of a list from this size on is a blob: an inline one is repeated while in the tail. */
const INLINE_ELEMENT_BYTES = 64;
/** Lists of many small values (numbers, words) are one part: a part each would cost more. */
const LEAST_ELEMENT_CHARACTERS = 32;

/**
 * The blob of a text. Whoever sees the same texts again and again, as a publisher does, may remember
 * their blobs.
 */
export type BlobOfText = (text: string) => Blob;

/**
 * A value as a payload and its blobs.
 *
 * @param value plain JSON data: a snapshot that nothing changes meanwhile. What JSON has no text
 *   for (`undefined`) is `null`
 * @param hash reference of bytes: the first 16 bytes of their SHA-256
 * @throws SpantailError `TOO_LARGE` when one part is above `LIMITS.blobBytes`
 */
export function buildPayload(value: unknown, hash: BlobHash, blobOf?: BlobOfText): BuiltPayload {
  if (typeof value === 'string' && isWellFormed(value)) return single('text/plain', value, hash);
  return buildPayloadFromJson(JSON.stringify(value) ?? 'null', hash, blobOf);
}

/**
 * The same from a snapshot's JSON text, as `JSON.stringify` wrote it: its elements are cut out, not
 * parsed.
 *
 * @throws SpantailError `TOO_LARGE` when one part is above `LIMITS.blobBytes`
 */
export function buildPayloadFromJson(
  json: string,
  hash: BlobHash,
  blobOf: BlobOfText = (text) => makeBlob(encodeUtf8(text), hash),
): BuiltPayload {
  if (json.startsWith('"')) {
    const text: unknown = JSON.parse(json);
    // JSON can write a lone surrogate and UTF-8 cannot: such a text stays JSON.
    if (typeof text === 'string' && isWellFormed(text)) return single('text/plain', text, hash);
  }
  if (json.startsWith('[') && json.length >= INLINE_BYTES) {
    const elements = splitJsonArray(json);
    if (json.length >= elements.length * LEAST_ELEMENT_CHARACTERS)
      return list(json, elements, hash, blobOf);
  }
  return single('application/json', json, hash);
}

function single(mediaType: Payload['mediaType'], text: string, hash: BlobHash): BuiltPayload {
  const preview = truncate(text, PREVIEW_CHARACTERS);
  // UTF-8 has at least a byte for each character.
  const length = text.length < INLINE_BYTES ? utf8Length(text) : INLINE_BYTES;
  if (length < INLINE_BYTES)
    return { payload: { mediaType, bytes: length, preview, parts: [text] }, blobs: [] };
  const blob = makeBlob(encodeUtf8(text), hash);
  const payload = { mediaType, bytes: blob.bytes.byteLength, preview, parts: [blob.ref] };
  return { payload, blobs: [blob] };
}

function list(json: string, elements: string[], hash: BlobHash, blobOf: BlobOfText): BuiltPayload {
  const blobs = new Map<string, Blob>();
  // The brackets and the commas between the elements.
  let length = elements.length + 1;
  const items = elements.map((element): PayloadItem => {
    if (isShort(element)) {
      length += utf8Length(element);
      return element;
    }
    const blob = blobOf(element);
    length += blob.bytes.byteLength;
    blobs.set(toHex(blob.ref), blob);
    return blob.ref;
  });
  const chunked = chunkItems(items, hash);
  for (const blob of chunked.blobs) blobs.set(toHex(blob.ref), blob);
  const preview = truncate(json, PREVIEW_CHARACTERS);
  const payload: Payload = {
    mediaType: 'application/json',
    bytes: length,
    preview,
    parts: chunked.items,
    list: true,
  };
  return { payload, blobs: [...blobs.values()] };
}

/** UTF-8 has at least a byte for each character: only a short text has to be looked through. */
function isShort(element: string): boolean {
  return element.length < INLINE_ELEMENT_BYTES && utf8Length(element) < INLINE_ELEMENT_BYTES;
}

/** @throws SpantailError `TOO_LARGE` above `LIMITS.blobBytes` */
export function makeBlob(bytes: Uint8Array, hash: BlobHash): Blob {
  if (bytes.byteLength > LIMITS.blobBytes)
    throw new SpantailError(
      'TOO_LARGE',
      `a part of ${bytes.byteLength} bytes is more than the limit of ${LIMITS.blobBytes}`,
    );
  return { ref: hash(bytes), bytes };
}
