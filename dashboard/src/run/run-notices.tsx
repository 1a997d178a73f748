import type { RunView } from '@spantail/client/react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { troubleOf } from './trouble.ts';

/** What is wrong with what is shown: it may lack something, or it is no longer followed. */
export function RunNotices({
  view,
  side,
}: {
  view: RunView;
  /** Which of the runs on the page it is. */
  side?: ReactNode;
}): ReactNode {
  return troubleOf(view).map(({ tone, text }) => (
    <p
      key={text}
      className="run-notice"
      data-tone={tone}
      role={tone === 'error' ? 'alert' : 'status'}
    >
      {side}
      {text}
    </p>
  ));
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
