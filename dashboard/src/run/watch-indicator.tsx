import type { ReactNode } from 'react';
import { formatClock } from '../time-machine/format-clock.ts';
import type { RunSource } from './run-source.ts';

/** Whether what is shown follows the run, in one word. */
export function WatchIndicator({ source }: { source: RunSource }): ReactNode {
  const { kind, label, title } = indicatorOf(source);
  return (
    <span className="watch-indicator" data-kind={kind} title={title} role="status">
      <span className="watch-dot" aria-hidden />
      <span className="watch-label">{label}</span>
    </span>
  );
}

interface Indicator {
  kind: 'live' | 'wait' | 'off' | 'bad' | 'past';
  label: string;
  title: string;
}

function indicatorOf({ status, momentMs }: RunSource): Indicator {
  if (momentMs !== undefined)
    return {
      kind: 'past',
      label: `as it was at ${formatClock(momentMs)}`,
      title: 'A moment of the past is shown; L goes back to the newest',
    };
  switch (status) {
    case 'live':
      return { kind: 'live', label: 'live', title: 'Every event is shown as it happens' };
    case 'connecting':
      return { kind: 'wait', label: 'connecting', title: 'The gateway is not reached yet' };
    case 'catching-up':
      return { kind: 'wait', label: 'catching up', title: 'What happened before is loading' };
    case 'stalled':
      return {
        kind: 'bad',
        label: 'stalled',
        title: 'The log is not reached by the gateway: what is shown may be behind',
      };
    case 'ended':
      return { kind: 'off', label: 'ended', title: 'The run is over; all of it is here' };
    case 'failed':
      return { kind: 'bad', label: 'not watched', title: 'The run cannot be watched' };
    case 'closed':
      return { kind: 'off', label: 'closed', title: 'No longer watched' };
  }
}
