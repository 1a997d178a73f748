import { hash } from 'node:crypto';
import { BLOB_REF_BYTES, type BlobRef } from '@spantail/protocol';

/** The reference of a blob: the first 16 bytes of the SHA-256 of its bytes. */
export function hashBlob(bytes: Uint8Array): BlobRef {
  return new Uint8Array(hash('sha256', bytes, 'buffer').subarray(0, BLOB_REF_BYTES));
}
