import { isChunk } from '../payload/item.ts';
import type { BlobRef, Payload, PayloadItem } from '../payload/payload.ts';
import { toWellFormed } from '../text/utf8.ts';
import { present } from './present.ts';

/** A payload as it stands in an event's map. */
export function writePayload({ mediaType, bytes, preview, parts, list }: Payload): object {
  return present({
    mediaType,
    bytes,
    preview: toWellFormed(preview),
    parts: parts.map(writePayloadItem),
    list,
  });
}

/** Text, a reference as `bin`, or a chunk as an array of its reference and its number of parts. */
export function writePayloadItem(item: PayloadItem): string | BlobRef | [BlobRef, number] {
  return isChunk(item) ? [item.chunk, item.parts] : item;
}
