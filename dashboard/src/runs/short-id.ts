import type { RunRow } from '@spantail/protocol';
import { visibleName } from '../payload/visible-text.ts';

/** What tells runs of one name apart: of a random id its beginning, of a named session its name. */
export function shortId({ traceId, sessionId }: Pick<RunRow, 'traceId' | 'sessionId'>): string {
  if (sessionId === undefined) return traceId.slice(0, 8);
  return /^[\da-f-]{16,}$/i.test(sessionId) ? sessionId.slice(0, 8) : visibleName(sessionId, 80);
}
