import { LIMITS } from '../limits.ts';
import type { Blob, BlobHash } from '../payload/payload.ts';
import { SpantailError } from '../wire/errors.ts';
import { readBlob } from './blob-fields.ts';
import { arrayHeader, binHeader, concatBytes } from './headers.ts';
import { packMessage } from './pack.ts';
import { unpackMessage } from './unpack.ts';

const NIL = Uint8Array.of(0xc0);
const WALK = { depth: 4, bytes: Number.MAX_SAFE_INTEGER, code: 'BAD_MESSAGE' } as const;

/** Blobs on their way in: a MessagePack array of maps `{ref, bytes}`. */
export function encodeBlobs(blobs: readonly Blob[]): Uint8Array {
  return packMessage(blobs.map(({ ref, bytes }) => ({ ref, bytes })));
}

/**
 * @param hash recomputes each reference; absent: the sender is believed
 * @throws SpantailError `BATCH_INVALID`, `TOO_LARGE`
 */
export function decodeBlobs(bytes: Uint8Array, hash?: BlobHash): Blob[] {
  const limits = {
    depth: 4,
    bytes: LIMITS.ingestBytes,
    values: LIMITS.ingestValues,
    code: 'BATCH_INVALID',
  } as const;
  const list = unpackMessage(bytes, limits);
  if (!Array.isArray(list)) throw new SpantailError('BATCH_INVALID', 'blobs is not an array');
  return list.map((item: unknown, index) =>
    readBlob(item, `blobs[${index}]`, 'BATCH_INVALID', hash),
  );
}

/** The answer to a question for many blobs: a MessagePack array of `bin`, `nil` where unknown. */
export function encodeBlobList(found: readonly (Uint8Array | undefined)[]): Uint8Array {
  return concatBytes([
    arrayHeader(found.length),
    ...found.flatMap((bytes) =>
      bytes === undefined ? [NIL] : [binHeader(bytes.byteLength), bytes],
    ),
  ]);
}

/** @throws SpantailError `BAD_MESSAGE` */
export function decodeBlobList(bytes: Uint8Array): (Uint8Array | undefined)[] {
  const list = unpackMessage(bytes, WALK);
  if (!Array.isArray(list)) throw new SpantailError('BAD_MESSAGE', 'blobs is not an array');
  return list.map((item: unknown, index) => {
    if (item === null) return undefined;
    if (item instanceof Uint8Array) return item;
    throw new SpantailError('BAD_MESSAGE', `blobs[${index}] is neither bin nor nil`);
  });
}
