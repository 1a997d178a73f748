import { advanceCursor } from './cursor.ts';
import type { Cursor, EntryMark } from './message.ts';

export interface FrameHead {
  prev: Cursor;
  cursor: Cursor;
  /** Absent: all events are of the one entry at `cursor`. */
  entries?: readonly EntryMark[];
}

/**
 * The places of a frame's events. An event has one cursor, however the log was cut into frames: that
 * of its entry when it is the entry's last event, else that of the entry before and its number in its
 * own entry. Asked for in order, each answer costs one step.
 */
export class FramePlaces {
  readonly #frame: FrameHead;
  readonly #eventCount: number;
  /** `tag.epoch.` of all cursors of the frame. */
  readonly #stem: string;
  #mark = 0;
  /** Events of the frame ahead of the mark's entry. */
  #first = 0;
  /** The cursor behind which the mark's entry begins. */
  #before: Cursor;

  constructor(frame: FrameHead, eventCount: number) {
    this.#frame = frame;
    this.#eventCount = eventCount;
    this.#before = frame.prev;
    const tagEnd = frame.prev.indexOf('.');
    this.#stem = frame.prev.slice(0, frame.prev.indexOf('.', tagEnd + 1) + 1);
  }

  /** The cursor behind the event with this index. */
  cursor(index: number): Cursor {
    const mark = this.#markOf(index);
    const count = mark?.count ?? this.#eventCount;
    const place = index - this.#first + 1;
    if (place < count) return advanceCursor(this.#before, place);
    return mark === undefined ? this.#frame.cursor : this.#cursorOf(mark);
  }

  /** When the event's entry was written, by the log's clock, in milliseconds since the epoch. */
  timeMs(index: number): number {
    const position = this.#markOf(index)?.position ?? this.#frame.cursor.split('.')[2] ?? '';
    return Number.parseInt(position, 10);
  }

  #markOf(index: number): EntryMark | undefined {
    const { entries } = this.#frame;
    if (entries === undefined) return undefined;
    if (index < this.#first) this.#rewind();
    let mark = entries[this.#mark];
    while (mark !== undefined && index >= this.#first + mark.count) {
      this.#first += mark.count;
      this.#before = this.#cursorOf(mark);
      mark = entries[++this.#mark];
    }
    return mark;
  }

  #rewind(): void {
    this.#mark = 0;
    this.#first = 0;
    this.#before = this.#frame.prev;
  }

  #cursorOf({ position, check }: EntryMark): Cursor {
    return `${this.#stem}${position}.${check}`;
  }
}
