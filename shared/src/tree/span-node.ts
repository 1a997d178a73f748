import type {
  Attributes,
  SpanError,
  SpanLink,
  SpanLog,
  SpanStatus,
  SpanType,
  TimeUs,
  Usage,
} from '../event/event.ts';
import type { SpanId } from '../ids.ts';
import type { Payload } from '../payload/payload.ts';

/**
 * - `open`: started, not ended
 * - `closed`: its publisher said that it ended
 * - `lost`: its publisher went silent, the server closed it
 * - `unknown`: something is known of it, but not its start
 */
export type SpanState = 'open' | 'closed' | 'lost' | 'unknown';

/** One span of a run as all its events together tell it. */
export interface SpanNode {
  readonly spanId: SpanId;
  readonly parentSpanId: SpanId | undefined;
  /** Its parent is not known (yet), or it is where a circle of parents was cut. */
  readonly orphan: boolean;
  readonly state: SpanState;
  readonly name: string;
  readonly spanType: SpanType;
  /** `unset` while it is open. */
  readonly status: SpanStatus;
  readonly startUs: TimeUs | undefined;
  readonly endUs: TimeUs | undefined;
  /** Those of the start, then the updates', then the close's; a later one wins a key. */
  readonly attributes: Readonly<Attributes>;
  readonly input: Payload | undefined;
  /** The close's output. Without one, {@link outputText} is the output. */
  readonly output: Payload | undefined;
  /** The partial output so far: all deltas without a hole before them, joined. */
  readonly outputText: string;
  /** The span ended, and its output is all there. */
  readonly outputComplete: boolean;
  readonly error: SpanError | undefined;
  readonly usage: Usage | undefined;
  readonly logs: readonly SpanLog[];
  readonly links: readonly SpanLink[];
  /** By start; equal starts in the order of the log; those without a known start last. */
  readonly children: readonly SpanNode[];
}
