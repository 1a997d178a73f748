import type { Publisher } from '@spantail/agent';
import { pause } from './player/pause.ts';
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
    async ready(signal) {
      // A publisher's own timers never keep a process alive, so this wait has to.
      for (;;) {
        if (publisher.stats.queuedBytes <= QUEUE_BYTES || signal?.aborted === true) return;
        await pause(LOOK_MS, signal);
      }
    },
  };
}
