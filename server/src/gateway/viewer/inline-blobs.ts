import { encodeServerMessage, toHex, type Blob, type BlobRef } from '@spantail/protocol';
import type { EventLog, StreamName } from '../../log/event-log.ts';
import type { Page } from '../hub/page.ts';

/** Bytes of blobs in one message, unless one blob alone is larger. */
const MESSAGE_BYTES = 262_144;
/** Blobs asked for at once. Their sizes are not known before: grows while they are small. */
const FIRST_GROUP = 4;
const LARGEST_GROUP = 256;

/** Encoded `blobs` messages with all blobs that came with the page's entries, loaded as they are taken. */
export async function* inlineBlobs(
  log: EventLog,
  stream: StreamName,
  page: Page,
): AsyncGenerator<Uint8Array> {
  const refs = new Map<string, BlobRef>();
  for (const entry of page.entries) for (const ref of entry.blobRefs) refs.set(toHex(ref), ref);
  const wanted = [...refs.values()];
  let size = FIRST_GROUP;
  for (let at = 0; at < wanted.length;) {
    const group = wanted.slice(at, at + size);
    at += group.length;
    const found = await log.getBlobs(stream, group);
    let bytes = 0;
    const blobs = group.flatMap((ref, i): Blob[] => {
      const content = found[i];
      bytes += content?.byteLength ?? 0;
      return content === undefined ? [] : [{ ref, bytes: content }];
    });
    yield* inMessages(stream, blobs);
    size = bytes > MESSAGE_BYTES ? FIRST_GROUP : Math.min(2 * size, LARGEST_GROUP);
  }
}

function* inMessages({ streamId }: StreamName, blobs: Blob[]): Generator<Uint8Array> {
  let message: Blob[] = [];
  let bytes = 0;
  for (const blob of blobs) {
    if (bytes > 0 && bytes + blob.bytes.byteLength > MESSAGE_BYTES) {
      yield encodeServerMessage({ type: 'blobs', streamId, blobs: message });
      message = [];
      bytes = 0;
    }
    message.push(blob);
    bytes += blob.bytes.byteLength;
  }
  if (message.length > 0) yield encodeServerMessage({ type: 'blobs', streamId, blobs: message });
}
