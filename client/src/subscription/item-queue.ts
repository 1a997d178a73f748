import { FramePlaces, type Cursor, type SpantailError } from '@spantail/protocol';
import type { Frame, Notice } from './subscription-state.ts';

/** One thing a consumer takes: an encoded event with its cursor, or a notice in its place. */
export type QueueItem =
  /** `timeMs`: when the log took it in, milliseconds since the epoch. */
  | { kind: 'event'; bytes: Uint8Array; cursor: Cursor; timeMs: number }
  | { kind: 'notice'; notice: Notice };

export interface QueueLimits {
  /** Above this the subscription is paused. */
  maxEvents: number;
  maxBytes: number;
}

type Segment =
  | { kind: 'frame'; frame: Frame; places: FramePlaces; index: number; bytes: number }
  | { kind: 'notice'; notice: Notice };

/**
 * What has arrived and was not taken yet, in order. Frames are kept as they came and cut into
 * events when taken: a consumer that stops costs no decoding.
 */
export class ItemQueue {
  readonly #limits: QueueLimits;
  #segments: Segment[] = [];
  #events = 0;
  #bytes = 0;
  #waiting:
    | { resolve: (item: QueueItem | undefined) => void; reject: (error: unknown) => void }
    | undefined;
  #end: { error?: SpantailError } | undefined;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  pushFrame(frame: Frame): void {
    let bytes = 0;
    let events = 0;
    for (const event of frame.events)
      if (event !== null) {
        bytes += event.byteLength;
        events++;
      }
    if (events === 0) return;
    this.#events += events;
    this.#bytes += bytes;
    const places = new FramePlaces(frame, frame.events.length);
    this.#segments.push({ kind: 'frame', frame, places, index: 0, bytes });
    this.#wake();
  }

  pushNotice(notice: Notice): void {
    this.#segments.push({ kind: 'notice', notice });
    this.#wake();
  }

  /** Nothing more comes; what is queued can still be taken, then the error is thrown. */
  end(error?: SpantailError): void {
    this.#end ??= error === undefined ? {} : { error };
    this.#wake();
  }

  get full(): boolean {
    return this.#events >= this.#limits.maxEvents || this.#bytes >= this.#limits.maxBytes;
  }

  get halfEmpty(): boolean {
    return this.#events <= this.#limits.maxEvents / 2 && this.#bytes <= this.#limits.maxBytes / 2;
  }

  /** The next item; `undefined` at the end. One taker at a time. */
  take(): Promise<QueueItem | undefined> {
    const item = this.#shift();
    if (item !== undefined) return Promise.resolve(item);
    if (this.#end !== undefined)
      return this.#end.error === undefined
        ? Promise.resolve(undefined)
        : Promise.reject(this.#end.error);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  #wake(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    this.take().then(waiting.resolve, waiting.reject);
  }

  #shift(): QueueItem | undefined {
    for (;;) {
      const [segment] = this.#segments;
      if (segment === undefined) return undefined;
      if (segment.kind === 'notice') {
        this.#segments.shift();
        return { kind: 'notice', notice: segment.notice };
      }
      const { frame, places } = segment;
      const i = segment.index++;
      const bytes = frame.events[i];
      const last = segment.index >= frame.events.length;
      if (last) this.#segments.shift();
      if (bytes === undefined || bytes === null) continue;
      this.#events--;
      this.#bytes -= bytes.byteLength;
      return { kind: 'event', bytes, cursor: places.cursor(i), timeMs: places.timeMs(i) };
    }
  }
}
