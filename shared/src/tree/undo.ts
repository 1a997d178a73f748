import type { Dropped } from '../event/event.ts';
import type { SpanRecord, Taken } from './span-record.ts';

/**
 * What takes one applied event back. It refers to what stood in the fields before, and copies nothing:
 * of partial output not even the text is kept, because the deltas tell how much of it to cut off.
 * (Texts that were read once are no ropes any more: keeping each would be quadratic.)
 *
 * Holds only for the event applied last, so a journal of them is taken back from its end.
 */
export interface Undo extends Taken {
  readonly record: SpanRecord;
  /** Nothing was known of the span before. */
  readonly isNew: boolean;
  /** It is new, and spans were there that had named it as their parent. */
  readonly wasAwaited: boolean;
  /** What publishers had dropped before. */
  readonly dropped: Readonly<Required<Dropped>>;
}
