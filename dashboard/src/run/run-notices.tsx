import type { RunView } from '@spantail/client/react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';

/** What is wrong with what is shown: it may lack something, or it is no longer followed. */
export function RunNotices({ view }: { view: RunView }): ReactNode {
  const { error, hasGap, invalidCount, status, tree } = view;
  const dropped = tree?.dropped;
  const lostCount = (dropped?.events ?? 0) + (dropped?.updates ?? 0) + (dropped?.payloads ?? 0);
  return (
    <>
      {status === 'failed' && (tree?.spanCount ?? 0) > 0 && (
        <p className="run-notice" data-tone="error" role="alert">
          This run is no longer watched: {error?.message ?? 'the gateway refused'}. What is shown is
          as it was then.
        </p>
      )}
      {status === 'stalled' && (
        <p className="run-notice" role="status">
          The gateway cannot reach its log just now. What is shown may be behind; it goes on by
          itself.
        </p>
      )}
      {hasGap && (
        <p className="run-notice" role="status">
          Something between the events is gone for good: spans or output may be missing here.
        </p>
      )}
      {invalidCount > 0 && (
        <p className="run-notice" role="status">
          {invalidCount === 1 ? 'One event' : `${invalidCount.toLocaleString()} events`} could not
          be read and {invalidCount === 1 ? 'is' : 'are'} left out.
        </p>
      )}
      {lostCount > 0 && (
        <p className="run-notice" role="status">
          The agent had to leave things out to keep up:{' '}
          {[
            [dropped?.events ?? 0, 'events'] as const,
            [dropped?.updates ?? 0, 'updates'] as const,
            [dropped?.payloads ?? 0, 'inputs or outputs'] as const,
          ]
            .filter(([count]) => count > 0)
            .map(([count, what]) => `${count.toLocaleString()} ${what}`)
            .join(', ')}
          .
        </p>
      )}
    </>
  );
}

/** In place of the views while there is nothing of the run. */
export function EmptyRun({ view }: { view: RunView }): ReactNode {
  const { error, status, traceId } = view;
  if (status === 'failed')
    return (
      <section className="run-empty" role="alert">
        <h2>
          {error?.code === 'NOT_FOUND' ? 'This run is not known' : 'This run cannot be watched'}
        </h2>
        <p className="quiet">{error?.message ?? 'The gateway refused.'}</p>
        <p>
          <Link href="/">All runs</Link>
        </p>
      </section>
    );
  if (status === 'live' || status === 'ended')
    return (
      <section className="run-empty" role="status">
        <span className="run-empty-pulse" aria-hidden />
        <h2>Nothing has come of this run yet</h2>
        <p className="quiet">
          It appears here the moment its first step opens. If it should be there already, its trace
          id may be wrong, or it is older than what is kept.
        </p>
        <p className="mono quiet">{traceId}</p>
        <p>
          <Link href="/">All runs</Link>
        </p>
      </section>
    );
  return (
    <section className="run-empty" role="status" aria-label="Loading the run">
      <div className="run-skeleton" aria-hidden>
        {[0, 1, 2, 3, 4, 5, 6, 7].map((line) => (
          <span key={line} />
        ))}
      </div>
    </section>
  );
}

/** The address names no run that there could be. */
export function NoTraceId({ text }: { text: string }): ReactNode {
  return (
    <section className="run-empty" role="alert">
      <h2>This is no trace id</h2>
      <p className="mono quiet">{text.slice(0, 200)}</p>
      <p className="quiet">A trace id has 32 digits, of 0 to 9 and a to f.</p>
      <p>
        <Link href="/">All runs</Link>
      </p>
    </section>
  );
}
