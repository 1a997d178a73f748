import {
  BLOB_REF_BYTES,
  PREVIEW_CHARACTERS,
  type BlobRef,
  type Payload,
  type PayloadItem,
} from '../payload/payload.ts';
import { isChunk } from '../payload/item.ts';
import { SpantailError, type ErrorCode } from '../wire/errors.ts';
import type { Fields } from './fields.ts';

const MEDIA_TYPES = ['text/plain', 'application/json'] as const;

/**
 * Reads a payload out of a decoded map.
 *
 * @throws SpantailError of the fields' code, naming the field
 */
export function readPayload(fields: Fields): Payload {
  const mediaType = fields.oneOf('mediaType', MEDIA_TYPES);
  const payload: Payload = {
    mediaType,
    bytes: fields.integer('bytes'),
    preview: fields.text('preview', PREVIEW_CHARACTERS),
    parts: fields.list('parts', (item, path) => readPayloadItem(item, path, fields.code)),
  };
  if (fields.has('list') && fields.boolean('list')) {
    if (mediaType === 'text/plain') throw fields.wrong('list', 'does not go with text/plain');
    payload.list = true;
    return payload;
  }
  const [part] = payload.parts;
  if (payload.parts.length !== 1 || part === undefined || isChunk(part))
    throw fields.wrong('parts', 'is not exactly one text or reference');
  return payload;
}

/**
 * Reads one item of a payload's or a chunk's list: see `writePayloadItem`.
 *
 * @throws SpantailError of `code`
 */
export function readPayloadItem(item: unknown, path: string, code: ErrorCode): PayloadItem {
  if (typeof item === 'string') return item;
  if (item instanceof Uint8Array) return readRef(item, path, code);
  const [chunk, parts] = Array.isArray(item) ? (item as unknown[]) : [];
  if (!(chunk instanceof Uint8Array) || !Number.isSafeInteger(parts) || (parts as number) < 1)
    throw new SpantailError(
      code,
      `${path} is neither text, nor bin, nor an array of bin and count`,
    );
  return { chunk: readRef(chunk, path, code), parts: parts as number };
}

/** @throws SpantailError of `code` when these are not a reference's 16 bytes */
export function readRef(bytes: Uint8Array, path: string, code: ErrorCode): BlobRef {
  if (bytes.byteLength === BLOB_REF_BYTES) return bytes;
  throw new SpantailError(code, `${path} has ${bytes.byteLength} bytes, not ${BLOB_REF_BYTES}`);
}
