import { createHash } from 'node:crypto';
import { isTraceId, type SpanId, type TraceId } from '@spantail/protocol';

const RUN_ID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** LangChain's ids of runs are UUIDs. */
export function isRunId(value: unknown): value is string {
  return typeof value === 'string' && RUN_ID.test(value);
}

/** A run that is the root of a trace gives the trace its 16 bytes. */
export function toTraceId(runId: string): TraceId {
  const digits = runId.replaceAll('-', '').toLowerCase();
  return isTraceId(digits) ? digits : hash(runId, 16);
}

/** The same for each handler that is told of the run. */
export function toSpanId(runId: string): SpanId {
  return hash(runId, 8);
}

function hash(text: string, bytes: number): string {
  return createHash('sha256')
    .update(text)
    .digest('hex')
    .slice(0, bytes * 2);
}
