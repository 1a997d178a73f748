import { useConnection } from '@spantail/client/react';
import { useEffect, useState, type ReactNode } from 'react';

/** A break is told only when it lasts so long: most are over before anybody could read of them. */
const TELL_AFTER_MS = 700;

/** Says when what is shown may be behind, and whether that mends itself. */
export function ConnectionBanner(): ReactNode {
  const connection = useConnection();
  const isAway = connection?.kind === 'connecting' || connection?.kind === 'waiting';
  const [told, setTold] = useState(false);
  useEffect(() => {
    if (!isAway) {
      setTold(false);
      return undefined;
    }
    const timer = setTimeout(() => setTold(true), TELL_AFTER_MS);
    return () => clearTimeout(timer);
  }, [isAway]);
  if (connection?.kind === 'failed')
    return (
      <p className="banner" data-tone="error" role="alert">
        The gateway will not go on with this page: {connection.reason}
        <button type="button" onClick={() => window.location.reload()}>
          Load the page again
        </button>
      </p>
    );
  if (!told) return null;
  return (
    <p className="banner" role="status">
      The gateway is not reached. Trying again; nothing will be missing.
    </p>
  );
}
