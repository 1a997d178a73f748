import type { WatchStatus } from '@spantail/client';
import { useRef } from 'react';

/**
 * Whether a run goes on or has ended, as was last known: while it is caught up with after a break,
 * that is not what it says. `undefined` until it is known.
 */
export function useSettledStatus({
  traceId,
  status,
}: {
  traceId: string;
  status: WatchStatus;
}): 'live' | 'ended' | undefined {
  const last = useRef<{ traceId: string; status: 'live' | 'ended' | undefined }>({
    traceId,
    status: undefined,
  });
  if (status === 'live' || status === 'ended') last.current = { traceId, status };
  return last.current.traceId === traceId ? last.current.status : undefined;
}
