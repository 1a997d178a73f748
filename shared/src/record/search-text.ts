import { LIMITS } from '../limits.ts';
import { readPayloadItem } from '../codec/payload-fields.ts';
import { unpackMessage } from '../codec/unpack.ts';
import { toHex } from '../ids.ts';
import { MOST_CHUNK_LEVELS, isChunk } from '../payload/item.ts';
import type { BlobRef, Payload, PayloadItem } from '../payload/payload.ts';
import { decodeUtf8 } from '../text/utf8.ts';
import type { SpanNode } from '../tree/span-node.ts';

/** Characters of one span's search text, about, and of each of its parts. */
export const SEARCH_TEXT_CHARACTERS = 65_536;
/** A longer JSON text is not parsed for its words, but searched as it is written. */
const PARSED_CHARACTERS = 1_048_576;
/** Items of one input that are looked at. */
const MOST_ITEMS = 100_000;

/** Bytes of a blob, `undefined` where there are none. */
export type BlobBytes = (ref: BlobRef) => Uint8Array | undefined;

/** A part that a span's input was the first to have. */
export type NewPart = string | BlobRef;

/**
 * Which parts of inputs a run has had, each told once: an agent sends its whole conversation with
 * every call, and a message is found where it first appeared.
 */
export class SeenParts {
  readonly #seen = new Set<string>();

  /**
   * The parts of this payload that no payload before had. A chunk whose bytes are not there (yet)
   * is asked for with `missing` and looked at again the next time.
   */
  take(payload: Payload, bytes: BlobBytes, missing?: (ref: BlobRef) => void): NewPart[] {
    const fresh: NewPart[] = [];
    const stack = payload.parts.map((item) => ({ item, level: 0 })).reverse();
    let looked = 0;
    for (let next = stack.pop(); next !== undefined && looked++ < MOST_ITEMS; next = stack.pop()) {
      const { item, level } = next;
      if (!isChunk(item)) {
        if (this.#isNew(typeof item === 'string' ? `"${item}` : toHex(item))) fresh.push(item);
        continue;
      }
      const key = toHex(item.chunk);
      if (this.#seen.has(key) || level >= MOST_CHUNK_LEVELS) continue;
      const stored = bytes(item.chunk);
      if (stored === undefined) {
        missing?.(item.chunk);
        continue;
      }
      this.#seen.add(key);
      for (const inner of itemsOf(stored).toReversed())
        stack.push({ item: inner, level: level + 1 });
    }
    return fresh;
  }

  #isNew(key: string): boolean {
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }
}

/** What of a span's input was new to its run, in words. */
export function newPartsText(input: Payload, fresh: readonly NewPart[], bytes: BlobBytes): string {
  return partsText(fresh, isJson(input), bytes);
}

/** What a span is found by: name, error, output, and the words that were new in its input. */
export function searchTextOf(node: SpanNode, inputText: string, bytes: BlobBytes): string {
  const { name, error, output, outputText } = node;
  const pieces = [name];
  if (error !== undefined) pieces.push(error.type, error.message);
  pieces.push(
    output === undefined
      ? outputText.slice(0, SEARCH_TEXT_CHARACTERS)
      : partsText(output.parts, isJson(output), bytes),
    inputText,
  );
  return pieces
    .filter((piece) => piece !== '')
    .join('\n')
    .slice(0, SEARCH_TEXT_CHARACTERS);
}

/** Blobs that the text of these parts is in. */
export function partRefs(parts: readonly PayloadItem[]): BlobRef[] {
  return parts.filter((part) => part instanceof Uint8Array);
}

function isJson({ mediaType }: Payload): boolean {
  return mediaType === 'application/json';
}

function partsText(parts: readonly PayloadItem[], json: boolean, bytes: BlobBytes): string {
  const texts: string[] = [];
  let left = SEARCH_TEXT_CHARACTERS / 2;
  for (const part of parts) {
    if (left <= 0) break;
    if (isChunk(part)) continue;
    const whole = typeof part === 'string' ? part : textOf(bytes(part));
    const text = (json ? wordsOf(whole) : whole).slice(0, left);
    texts.push(text);
    left -= text.length;
  }
  return texts.join('\n');
}

/** The texts and numbers in a JSON text, without its punctuation and escapes. */
function wordsOf(json: string): string {
  if (json.length > PARSED_CHARACTERS) return json;
  const words: string[] = [];
  const stack: unknown[] = [];
  try {
    stack.push(JSON.parse(json));
  } catch {
    return json;
  }
  while (stack.length > 0) {
    const value = stack.pop();
    if (typeof value === 'string') words.push(value);
    else if (typeof value === 'number') words.push(String(value));
    else if (typeof value === 'object' && value !== null)
      for (const inner of Object.values(value).toReversed()) stack.push(inner);
  }
  return words.join('\n');
}

function itemsOf(chunk: Uint8Array): PayloadItem[] {
  try {
    const list = unpackMessage(chunk, { depth: 4, bytes: LIMITS.blobBytes });
    if (!Array.isArray(list)) return [];
    return list.map((item: unknown) => readPayloadItem(item, 'chunk', 'EVENT_INVALID'));
  } catch {
    // Whoever loads the payload is told; nothing of it can be found.
    return [];
  }
}

function textOf(bytes: Uint8Array | undefined): string {
  if (bytes === undefined) return '';
  try {
    return decodeUtf8(bytes);
  } catch {
    return '';
  }
}
