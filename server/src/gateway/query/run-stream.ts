import { SpantailError, isTraceId } from '@spantail/protocol';
import type { StreamName } from '../../log/event-log.ts';

/** The stream of the run that an address names. @throws SpantailError TRACE_ID_INVALID */
export function runStream(project: string, traceId: string): StreamName {
  if (isTraceId(traceId)) return { project, streamId: traceId };
  throw new SpantailError(
    'TRACE_ID_INVALID',
    `traceId: a trace id is 32 lower-case hex digits, not "${String(traceId).slice(0, 80)}"`,
  );
}
