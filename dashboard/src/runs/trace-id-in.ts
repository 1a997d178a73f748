import { isTraceId, type TraceId } from '@spantail/protocol';

/** Some write it in capitals, some with the hyphens of a UUID. */
export function traceIdIn(text: string): TraceId | undefined {
  const id = text.trim().replaceAll('-', '').toLowerCase();
  return isTraceId(id) ? id : undefined;
}
