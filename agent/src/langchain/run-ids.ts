import { isTraceId, type SpanId, type TraceId } from '@spantail/protocol';
import { derivedSpanId, derivedTraceId } from '../adapter/derived-id.ts';

const RUN_ID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** LangChain's ids of runs are UUIDs. */
export function isRunId(value: unknown): value is string {
  return typeof value === 'string' && RUN_ID.test(value);
}

/** A run that is the root of a trace gives the trace its 16 bytes. */
export function toTraceId(runId: string): TraceId {
  const digits = runId.replaceAll('-', '').toLowerCase();
  return isTraceId(digits) ? digits : derivedTraceId(runId);
}

/** The same for each handler that is told of the run. */
export function toSpanId(runId: string): SpanId {
  return derivedSpanId(runId);
}
