import type { BlobRef, Payload, PayloadItem } from '@spantail/protocol';

/** By reference: what is large is named by its content, and need not be loaded. */
export function isSameContent(left: Payload | undefined, right: Payload | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return (
    left.bytes === right.bytes &&
    left.mediaType === right.mediaType &&
    left.parts.length === right.parts.length &&
    left.parts.every((part, index) => isSameItem(part, right.parts[index]))
  );
}

/** Equal items are equal content; others may be so too, cut into other parts. */
export function isSameItem(left: PayloadItem, right: PayloadItem | undefined): boolean {
  if (typeof left === 'string' || typeof right === 'string' || right === undefined)
    return left === right;
  if (left instanceof Uint8Array) return right instanceof Uint8Array && isSameRef(left, right);
  return !(right instanceof Uint8Array) && isSameRef(left.chunk, right.chunk);
}

function isSameRef(left: BlobRef, right: BlobRef): boolean {
  return left.length === right.length && left.every((byte, i) => byte === right[i]);
}
