import type { ReactNode } from 'react';
import type { RunSource } from '../run/run-source.ts';
import { formatClock } from './format-clock.ts';
import type { Machine } from './use-time-machine.ts';

/** Which moment is shown, and how much of the run was known then. */
export function MomentLabel({
  machine: { state, engine },
  source,
}: {
  machine: Machine;
  source: RunSource;
}): ReactNode {
  const { mode, recorder, error, count, index, momentMs } = state;
  if (recorder === 'failed' && mode !== 'live')
    return (
      <p className="tm-label tm-failed" role="alert" title={error?.message ?? ''}>
        The log cannot be read.{' '}
        <button type="button" onClick={() => engine.seek({ to: 'first' })}>
          Try again
        </button>
      </p>
    );
  if (mode === 'seeking')
    return (
      <p className="tm-label" role="status">
        Reading the log
        <small>{count.toLocaleString()} events</small>
      </p>
    );
  if (momentMs === undefined)
    return (
      <p className="tm-label">
        Now
        <small>{(source.tree?.spanCount ?? 0).toLocaleString()} spans</small>
      </p>
    );
  return (
    <p className="tm-label">
      <time dateTime={new Date(momentMs).toISOString()}>{formatClock(momentMs)}</time>
      <small>
        {index.toLocaleString()} of {count.toLocaleString()} events
      </small>
    </p>
  );
}
