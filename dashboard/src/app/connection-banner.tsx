import { useConnection } from '@spantail/client/react';
import { useEffect, useState, type ReactNode } from 'react';

/** A break is told only when it lasts so long: most are over before anybody could read of them. */
const TELL_AFTER_MS = 700;

/** Says when what is shown may be behind, and that it mends itself. */
export function ConnectionBanner(): ReactNode {
  const connection = useConnection();
  const broken = connection !== undefined && !['open', 'idle'].includes(connection.kind);
  const [told, setTold] = useState(false);
  useEffect(() => {
    if (!broken) {
      setTold(false);
      return undefined;
    }
    const timer = setTimeout(() => setTold(true), TELL_AFTER_MS);
    return () => clearTimeout(timer);
  }, [broken]);
  if (!told) return null;
  return (
    <p className="banner" role="status">
      The gateway is not reached. Trying again; nothing will be missing.
    </p>
  );
}
