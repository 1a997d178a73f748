import crypto from 'node:crypto';
import { BLOB_REF_BYTES, type BlobRef } from '@spantail/protocol';

/** The reference of a blob: the first 16 bytes of the SHA-256 of its bytes. */
export function hashBlob(bytes: Uint8Array): BlobRef {
  return new Uint8Array(sha256(bytes).subarray(0, BLOB_REF_BYTES));
}

/** In one call where Node has it (20.12): twice as fast for a message. */
const sha256: (bytes: Uint8Array) => Uint8Array =
  typeof crypto.hash === 'function'
    ? (bytes) => crypto.hash('sha256', bytes, 'buffer')
    : (bytes) => crypto.createHash('sha256').update(bytes).digest();
