import { LIMITS } from '../limits.ts';
import type { Blob, BlobHash } from '../payload/payload.ts';
import { SpantailError, type ErrorCode } from '../wire/errors.ts';
import { Fields } from './fields.ts';
import { readRef } from './payload-fields.ts';

/**
 * Reads `{ref, bytes}` out of a decoded map, as views of what it was decoded from.
 *
 * @param hash recomputes the reference; absent: the sender is believed
 * @throws SpantailError of `code`; `TOO_LARGE` above `LIMITS.blobBytes`
 */
export function readBlob(item: unknown, path: string, code: ErrorCode, hash?: BlobHash): Blob {
  const fields = new Fields(item, path, code);
  const ref = readRef(fields.bytes('ref'), `${path}.ref`, code);
  const bytes = fields.bytes('bytes');
  if (bytes.byteLength > LIMITS.blobBytes)
    throw new SpantailError(
      'TOO_LARGE',
      `${path} has ${bytes.byteLength} bytes, more than the limit of ${LIMITS.blobBytes}`,
    );
  if (hash !== undefined && !sameBytes(hash(bytes), ref))
    throw new SpantailError(code, `${path}.ref is not the hash of its bytes`);
  return { ref, bytes };
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, index) => byte === b[index]);
}
