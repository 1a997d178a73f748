import { readPayloadItem } from '../codec/payload-fields.ts';
import { unpackMessage } from '../codec/unpack.ts';
import { toHex } from '../ids.ts';
import { LIMITS } from '../limits.ts';
import { decodeUtf8 } from '../text/utf8.ts';
import { SpantailError } from '../wire/errors.ts';
import { MOST_CHUNK_LEVELS, isChunk, leavesOf, refsOf } from './item.ts';
import type { BlobRef, Payload, PayloadChunk, PayloadItem } from './payload.ts';

/** Loads blobs of one trace, in the order of `refs`; rejects when one of them is not there. */
export type BlobLoader = (refs: BlobRef[]) => Promise<Uint8Array[]>;

/** Parts of one payload that are loaded at most. */
const MOST_PARTS = 1_000_000;
/** Characters of one payload's parts that are loaded at most. */
const MOST_CHARACTERS = 256 * 1024 * 1024;

/** Blobs of one payload by their reference in hex. */
type Blobs = Map<string, Uint8Array>;
const NO_BYTES = new Uint8Array();

/** References a payload names itself, chunks included; a chunk's blob may name more. */
export function payloadRefs(payload: Payload): BlobRef[] {
  return payload.parts.flatMap(refsOf);
}

/**
 * The value of a payload. Blobs are asked for level by level, all of one level at once: once for a
 * single part, about log n times for a list.
 *
 * @throws SpantailError `EVENT_INVALID` when the payload or a chunk is malformed, `TOO_LARGE` above
 *   a million parts or 256 MiB; and what `loadBlobs` rejects with
 */
export async function loadPayload(
  payload: Payload,
  loadBlobs: BlobLoader,
  mostCharacters = MOST_CHARACTERS,
): Promise<unknown> {
  const texts = await loadParts(payload, loadBlobs, mostCharacters);
  if (payload.list === true) return texts.map(parseJson);
  const [text = ''] = texts;
  return payload.mediaType === 'text/plain' ? text : parseJson(text);
}

/**
 * The text of a payload: a string's characters, otherwise JSON.
 *
 * @throws SpantailError like {@link loadPayload}
 */
export async function loadPayloadText(payload: Payload, loadBlobs: BlobLoader): Promise<string> {
  const texts = await loadParts(payload, loadBlobs, MOST_CHARACTERS);
  return payload.list === true ? `[${texts.join(',')}]` : (texts[0] ?? '');
}

async function loadParts(
  payload: Payload,
  loadBlobs: BlobLoader,
  mostCharacters: number,
): Promise<string[]> {
  const blobs: Blobs = new Map();
  const leaves = await expandChunks(payload.parts, blobs, loadBlobs);
  await loadInto(blobs, leaves.flatMap(refsOf), loadBlobs);
  const texts = new Map<string, string>();
  let length = 0;
  return leaves.map((leaf) => {
    const text = typeof leaf === 'string' ? leaf : textOf(keyOf(leaf), blobs, texts);
    length += text.length;
    if (length > mostCharacters)
      throw new SpantailError('TOO_LARGE', `the payload is above ${mostCharacters} characters`);
    return text;
  });
}

/** The list's leaves. A chunk must hold exactly the parts it declares, so nothing can grow. */
async function expandChunks(
  parts: PayloadItem[],
  blobs: Blobs,
  loadBlobs: BlobLoader,
): Promise<PayloadItem[]> {
  let declared = 0;
  for (const part of parts) declared += leavesOf(part);
  if (declared > MOST_PARTS)
    throw new SpantailError('TOO_LARGE', `the payload has ${declared} parts, above ${MOST_PARTS}`);
  let items = parts;
  for (let level = 0; level <= MOST_CHUNK_LEVELS; level++) {
    const chunks = items.filter(isChunk);
    if (chunks.length === 0) return items;
    await loadInto(blobs, chunks.flatMap(refsOf), loadBlobs);
    items = items.flatMap((item) => (isChunk(item) ? openChunk(item, blobs) : [item]));
  }
  throw invalid(`chunks are nested deeper than ${MOST_CHUNK_LEVELS} levels`);
}

function openChunk(chunk: PayloadChunk, blobs: ReadonlyMap<string, Uint8Array>): PayloadItem[] {
  const name = `chunk ${toHex(chunk.chunk)}`;
  const limits = { depth: 4, bytes: LIMITS.blobBytes };
  const list = unpackMessage(blobs.get(keyOf(chunk)) ?? NO_BYTES, limits);
  if (!Array.isArray(list)) throw invalid(`${name} is not an array`);
  const items = list.map((item: unknown, index) =>
    readPayloadItem(item, `${name}[${index}]`, 'EVENT_INVALID'),
  );
  let parts = 0;
  for (const item of items) parts += leavesOf(item);
  if (parts !== chunk.parts)
    throw invalid(`${name} has ${parts} parts, but ${chunk.parts} were declared`);
  return items;
}

/** Asks for those that were not asked for yet, each once. */
async function loadInto(blobs: Blobs, refs: BlobRef[], loadBlobs: BlobLoader): Promise<void> {
  const missing = new Map<string, BlobRef>();
  for (const ref of refs) if (!blobs.has(toHex(ref))) missing.set(toHex(ref), ref);
  if (missing.size === 0) return;
  const loaded = await loadBlobs([...missing.values()]);
  for (const [index, key] of [...missing.keys()].entries()) {
    const bytes = loaded[index];
    if (bytes === undefined) throw new SpantailError('NOT_FOUND', `no blob ${key}`);
    blobs.set(key, bytes);
  }
}

function keyOf(item: BlobRef | PayloadChunk): string {
  return toHex(item instanceof Uint8Array ? item : item.chunk);
}

/** The text of a loaded blob, decoded once however often it occurs. */
function textOf(key: string, blobs: Blobs, texts: Map<string, string>): string {
  const known = texts.get(key);
  if (known !== undefined) return known;
  try {
    const text = decodeUtf8(blobs.get(key) ?? NO_BYTES);
    texts.set(key, text);
    return text;
  } catch (cause) {
    throw new SpantailError('EVENT_INVALID', `blob ${key} is not UTF-8`, { cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SpantailError('EVENT_INVALID', 'a part of the payload is not JSON', { cause });
  }
}

function invalid(message: string): SpantailError {
  return new SpantailError('EVENT_INVALID', message);
}
