import { encodeServerMessage, toHex, type Blob, type BlobRef } from '@spantail/protocol';
import type { EventLog, StreamName } from '../../log/event-log.ts';
import type { Page } from '../hub/page.ts';

/** Bytes of blobs in one message, unless one blob alone is larger. */
const MESSAGE_BYTES = 262_144;

/** Encoded `blobs` messages with all blobs that came with the page's entries. */
export async function inlineBlobs(
  log: EventLog,
  stream: StreamName,
  page: Page,
): Promise<Uint8Array[]> {
  const refs = new Map<string, BlobRef>();
  for (const entry of page.entries) for (const ref of entry.blobRefs) refs.set(toHex(ref), ref);
  if (refs.size === 0) return [];
  const wanted = [...refs.values()];
  const found = await log.getBlobs(stream, wanted);

  const messages: Uint8Array[] = [];
  let blobs: Blob[] = [];
  let bytes = 0;
  const flush = (): void => {
    if (blobs.length > 0)
      messages.push(encodeServerMessage({ type: 'blobs', streamId: stream.streamId, blobs }));
    blobs = [];
    bytes = 0;
  };
  for (const [i, ref] of wanted.entries()) {
    const content = found[i];
    if (content === undefined) continue;
    if (bytes > 0 && bytes + content.byteLength > MESSAGE_BYTES) flush();
    blobs.push({ ref, bytes: content });
    bytes += content.byteLength;
  }
  flush();
  return messages;
}
