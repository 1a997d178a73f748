import type { Dropped, TimeUs } from '../event/event.ts';
import type { TraceId } from '../ids.ts';
import type { TokenCounts } from './span-row.ts';

/**
 * - `running`: something is open, or its publishers may go on
 * - `ok`, `error`: it is over; how its root closed (`unset` counts as `ok`)
 * - `lost`: it is over, and a publisher died on the way
 */
export type RunStatus = 'running' | 'ok' | 'error' | 'lost';

/** One run as it is kept and listed. Tokens and cost are summed over its model calls. */
export interface RunRow extends TokenCounts {
  traceId: TraceId;
  name: string;
  service?: string;
  /** The root's agent. */
  agent?: string;
  /** The beginning of the root's input: what the run was asked. */
  inputPreview?: string;
  status: RunStatus;
  startUs: TimeUs;
  /** Of a run that is over. */
  endUs?: TimeUs;
  durationUs?: number;
  /** When the log was last written for it. */
  lastActivityUs: TimeUs;
  /** Name of the open span that opened last. */
  currentStep?: string;
  spanCount: number;
  openCount: number;
  errorCount: number;
  lostCount: number;
  /** Events in the log. */
  eventCount: number;
  models: string[];
  sessionId?: string;
  userId?: string;
  tags: string[];
  dropped: Required<Dropped>;
}
