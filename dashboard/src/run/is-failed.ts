import type { SpanNode } from '@spantail/protocol';

/** What is lost has the status of an error as well; it is counted as lost only. */
export function isFailed({ state, status }: Pick<SpanNode, 'state' | 'status'>): boolean {
  return status === 'error' && state !== 'lost';
}
