import type { Blob, Payload, TraceEvent, TraceId } from '@spantail/protocol';
import type { JsonValue } from '../recorded/action.ts';

/** Where played events go: a publisher, or anything that takes events. Never throws. */
export interface PlaySink {
  publish(traceId: TraceId, event: TraceEvent, blobs?: Blob[]): void;
  /** Makes a value a payload of that trace; its blobs go out with the trace's next event. */
  payload(traceId: TraceId, value: JsonValue): Payload;
  /** Resolves when everything published so far is in the log, or was given up. */
  flush(): Promise<void>;
  /**
   * Resolves when the queue has room again. Playing at full speed waits for it, so that it never
   * makes a bounded queue drop. An aborted signal ends the wait. Absent: the sink takes anything at
   * once.
   */
  ready?(signal?: AbortSignal): Promise<void>;
}
