import {
  SpantailError,
  decodeIngestMessage,
  encodeIngestResponse,
  type IngestMessage,
} from '@spantail/protocol';
import type { WebSocket } from 'ws';
import type { EventLog } from '../../log/event-log.ts';
import { hashBlob } from '../../payload/hash-blob.ts';
import { refuse, type Ingest } from './ingest.ts';

/** Unanswered bytes of one publisher's socket above which it is not read from. */
const PAUSE_BYTES = 16 * 1024 * 1024;

/**
 * `/api/v1/ingest/socket`: each binary frame is a request, each answer a frame with its `id`. A
 * publisher that is faster than the log is slowed by its own socket.
 */
export function acceptPublisher(
  socket: WebSocket,
  ingest: Ingest,
  log: EventLog,
  project: string,
): void {
  let unansweredBytes = 0;

  const take = async (data: Buffer): Promise<void> => {
    unansweredBytes += data.byteLength;
    if (unansweredBytes > PAUSE_BYTES) socket.pause();
    let id: number | undefined;
    try {
      const message: IngestMessage = decodeIngestMessage(data, hashBlob);
      id = message.id;
      const answer = await ingest.admit(data.byteLength, async () => {
        if ('batches' in message) return ingest.append(message);
        await log.putBlobs({ project, streamId: message.traceId }, message.blobs);
        return { results: [] };
      });
      send(encodeIngestResponse({ ...answer, ...(id === undefined ? {} : { id }) }));
    } catch (error) {
      send(encodeIngestResponse({ results: [refuse(error)], ...(id === undefined ? {} : { id }) }));
    } finally {
      unansweredBytes -= data.byteLength;
      if (socket.isPaused && unansweredBytes <= PAUSE_BYTES / 2) socket.resume();
    }
  };
  const send = (bytes: Uint8Array): void => {
    if (socket.readyState === socket.OPEN) socket.send(bytes, { binary: true });
  };

  socket.on('error', () => socket.terminate());
  socket.on('message', (data, isBinary) => {
    if (isBinary) {
      void take(data as Buffer);
      return;
    }
    const error = new SpantailError('BAD_MESSAGE', 'publishers send MessagePack in binary frames');
    send(encodeIngestResponse({ results: [refuse(error)] }));
  });
}
