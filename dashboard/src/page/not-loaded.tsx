import { useClient } from '@spantail/client/react';
import { backoffMs } from '@spantail/protocol';
import { useEffect, useEffectEvent, type ReactNode } from 'react';

const BACKOFF = { baseMs: 1_000, maxMs: 15_000 };

/** In the place of a part whose script did not come; asks for it again by itself. */
export function NotLoaded({
  what,
  failure,
  tries,
  onAgain,
}: {
  what: string;
  failure: unknown;
  /** How often it was asked for again. */
  tries: number;
  onAgain: () => void;
}): ReactNode {
  const client = useClient();
  const again = useEffectEvent(onAgain);
  useEffect(
    () =>
      client.on('status', ({ kind }) => {
        if (kind === 'open') again();
      }),
    [client],
  );
  // Without a connection, nothing tells that the gateway is there again.
  useEffect(() => {
    const timer = setTimeout(() => again(), backoffMs(tries, Math.random(), BACKOFF));
    return () => clearTimeout(timer);
  }, [tries, failure]);
  return (
    <section className="part-failed" role="alert">
      <h2>{what} could not be loaded</h2>
      <p>
        Trying again by itself. When the gateway was upgraded since, the page has to be loaded
        again.
      </p>
      <p className="mono quiet">{failure instanceof Error ? failure.message : String(failure)}</p>
      <p className="part-failed-tools">
        <button type="button" onClick={onAgain}>
          Try again
        </button>
        <button type="button" onClick={() => window.location.reload()}>
          Load the page again
        </button>
      </p>
    </section>
  );
}
