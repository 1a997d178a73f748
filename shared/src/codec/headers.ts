/** Bytes of a MessagePack array's header, in its shortest form. */
export function arrayHeader(count: number): Uint8Array {
  if (count < 16) return Uint8Array.of(0x90 | count);
  if (count < 0x1_0000) return Uint8Array.of(0xdc, count >>> 8, count & 0xff);
  return Uint8Array.of(
    0xdd,
    count >>> 24,
    (count >>> 16) & 0xff,
    (count >>> 8) & 0xff,
    count & 0xff,
  );
}

/** How long the header of a MessagePack `bin` is, in its shortest form. */
export function binHeaderBytes(length: number): number {
  if (length < 0x100) return 2;
  return length < 0x1_0000 ? 3 : 5;
}

/** Writes that header and answers with the place behind it. */
export function writeBinHeader(bytes: Uint8Array, at: number, length: number): number {
  const size = binHeaderBytes(length);
  bytes[at] = size === 2 ? 0xc4 : size === 3 ? 0xc5 : 0xc6;
  for (let i = size - 1, left = length; i > 0; i--, left >>>= 8) bytes[at + i] = left & 0xff;
  return at + size;
}

/** The same as bytes of its own. */
export function binHeader(length: number): Uint8Array {
  const bytes = new Uint8Array(binHeaderBytes(length));
  writeBinHeader(bytes, 0, length);
  return bytes;
}

/** One array of the parts, back to back. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.byteLength;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}
