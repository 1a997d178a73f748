import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

const PLAIN = 0;
const ZSTD = 1;
/** Less does not get smaller by more than it costs to try. */
const WORTH_BYTES = 256;
const OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** The bytes behind one that says how they are packed: as they are, or by zstd where that is smaller. */
export function compress(bytes: Uint8Array, worthBytes = WORTH_BYTES): Uint8Array {
  if (bytes.byteLength >= worthBytes) {
    const packed = zstdCompressSync(bytes, OPTIONS);
    if (packed.byteLength < bytes.byteLength) return Buffer.concat([Uint8Array.of(ZSTD), packed]);
  }
  return Buffer.concat([Uint8Array.of(PLAIN), bytes]);
}

/** @throws Error when the bytes are not what {@link compress} wrote */
export function decompress(stored: Uint8Array): Uint8Array {
  const bytes = stored.subarray(1);
  switch (stored[0]) {
    case PLAIN:
      return bytes;
    case ZSTD:
      return zstdDecompressSync(bytes);
    default:
      throw new Error('stored bytes are damaged: an unknown packing');
  }
}
