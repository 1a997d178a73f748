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
/** Bytes of one payload's parts that are loaded at most. */
const MOST_BYTES = 256 * 1024 * 1024;

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
export async function loadPayload(payload: Payload, loadBlobs: BlobLoader): Promise<unknown> {
  const texts = await loadParts(payload, loadBlobs);
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
  const texts = await loadParts(payload, loadBlobs);
  return payload.list === true ? `[${texts.join(',')}]` : (texts[0] ?? '');
}

async function loadParts(payload: Payload, loadBlobs: BlobLoader): Promise<string[]> {
  const leaves = await expandChunks(payload.parts, loadBlobs);
  const refs = distinct(leaves.flatMap(refsOf));
  const blobs = await loadAll(refs, loadBlobs);
  const texts = new Map<string, string>();
  for (const [key, bytes] of blobs) texts.set(key, textOf(bytes));
  let length = 0;
  return leaves.map((leaf) => {
    const text = typeof leaf === 'string' ? leaf : (texts.get(keyOf(leaf)) ?? '');
    length += text.length;
    if (length > MOST_BYTES) throw new SpantailError('TOO_LARGE', 'the payload is above 256 MiB');
    return text;
  });
}

/** The list's leaves. A chunk must hold exactly the parts it declares, so nothing can grow. */
async function expandChunks(parts: PayloadItem[], loadBlobs: BlobLoader): Promise<PayloadItem[]> {
  let declared = 0;
  for (const part of parts) declared += leavesOf(part);
  if (declared > MOST_PARTS)
    throw new SpantailError('TOO_LARGE', `the payload has ${declared} parts, above ${MOST_PARTS}`);
  let items = parts;
  for (let level = 0; level <= MOST_CHUNK_LEVELS; level++) {
    const refs = distinct(items.flatMap((item) => (isChunk(item) ? [item.chunk] : [])));
    if (refs.length === 0) return items;
    const blobs = await loadAll(refs, loadBlobs);
    items = items.flatMap((item) => (isChunk(item) ? openChunk(item, blobs) : [item]));
  }
  throw invalid(`chunks are nested deeper than ${MOST_CHUNK_LEVELS} levels`);
}

function openChunk(chunk: PayloadChunk, blobs: ReadonlyMap<string, Uint8Array>): PayloadItem[] {
  const name = `chunk ${toHex(chunk.chunk)}`;
  const limits = { depth: 4, bytes: LIMITS.blobBytes };
  const list = unpackMessage(blobs.get(keyOf(chunk)) ?? new Uint8Array(), limits);
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

async function loadAll(
  refs: BlobRef[],
  loadBlobs: BlobLoader,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  if (refs.length === 0) return found;
  const blobs = await loadBlobs(refs);
  for (const [index, ref] of refs.entries()) {
    const bytes = blobs[index];
    if (bytes === undefined) throw new SpantailError('NOT_FOUND', `no blob ${toHex(ref)}`);
    found.set(toHex(ref), bytes);
  }
  return found;
}

function distinct(refs: BlobRef[]): BlobRef[] {
  return [...new Map(refs.map((ref) => [toHex(ref), ref])).values()];
}

function keyOf(item: BlobRef | PayloadChunk): string {
  return toHex(item instanceof Uint8Array ? item : item.chunk);
}

function textOf(bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes);
  } catch (cause) {
    throw new SpantailError('EVENT_INVALID', 'a part of the payload is not UTF-8', { cause });
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
