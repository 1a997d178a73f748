import type { ReactNode } from 'react';
import { formatBytes } from '../format/quantities.ts';
import type { Loaded } from './use-loaded.ts';

/** Why everything is shown as new; nothing while the call before is there or on its way. */
export function NotCompared({ before }: { before: Loaded | undefined }): ReactNode {
  switch (before?.kind) {
    case 'failed':
      return (
        <p className="payload-state" role="alert">
          The call before could not be loaded: what was said in it already is shown here again.{' '}
          <button type="button" onClick={before.retry}>
            Try again
          </button>
        </p>
      );
    case 'expired':
      return (
        <p className="payload-state">
          The call before has expired: what was said in it already is shown here again.
        </p>
      );
    case 'held':
      return (
        <p className="payload-state">
          The call before is {formatBytes(before.bytes)}, much for a page: what was said in it
          already is shown here again.{' '}
          <button type="button" onClick={before.ask}>
            Compare all the same
          </button>
        </p>
      );
    default:
      return null;
  }
}
