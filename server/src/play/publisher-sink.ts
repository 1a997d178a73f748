import type { Publisher } from '@spantail/agent';
import type { PlaySink } from './player/sink.ts';

/** Bytes queued at the publisher above which playing waits. Well below what it may hold. */
const QUEUE_BYTES = 4 * 1024 * 1024;
const LOOK_MS = 5;

/** A publisher as the sink of a player. */
export function publisherSink(publisher: Publisher): PlaySink {
  return {
    publish: (traceId, event, blobs) => publisher.publish(traceId, event, blobs),
    payload: (traceId, value) => publisher.payload(traceId, value),
    async flush() {
      await publisher.flush();
    },
    async ready() {
      while (publisher.stats.queuedBytes > QUEUE_BYTES)
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    },
  };
}
