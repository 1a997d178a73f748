import type { RunView } from '@spantail/client/react';
import { useLogNowUs } from '../format/use-log-now.ts';
import { useWallClockUs } from '../format/use-wall-clock.ts';
import { silenceOf, type Silence } from '../runs/silence.ts';

/** How long nothing has come of a run that is shown as it is now. */
export function useSilence(view: RunView, isPresent: boolean): Silence | undefined {
  // While it is caught up with, or the gateway is away, nobody knows.
  const isLive = isPresent && view.status === 'live';
  const nowUs = useWallClockUs(1_000, isLive);
  const { lastActivityMs } = view;
  const lastActivityUs = lastActivityMs === undefined ? undefined : lastActivityMs * 1_000;
  const logNowUs = useLogNowUs(lastActivityUs, nowUs, isLive);
  if (!isLive || lastActivityUs === undefined) return undefined;
  return silenceOf({ status: 'running', lastActivityUs }, logNowUs);
}
