import type { Payload } from '@spantail/protocol';
import type { ReactNode } from 'react';
import { formatBytes } from '../format/quantities.ts';
import type { Loaded } from '../payload/use-loaded.ts';
import { beginningOf, saidIn } from '../payload/text-snippet.ts';

/** All of a preview, but for its marks. */
const MOST_CHARACTERS = 200;

/** Why a text of the conversation is not there, and the way to it. */
export function NotLoaded({
  what,
  payload,
  loaded,
}: {
  /** It begins a sentence. */
  what: string;
  /** Whose beginning is told when the rest has expired. */
  payload: Payload | undefined;
  loaded: Loaded | undefined;
}): ReactNode {
  switch (loaded?.kind) {
    case 'failed':
      return (
        <p className="conversation-note" role="alert">
          {what} could not be loaded.{' '}
          <button type="button" onClick={loaded.retry}>
            Try again
          </button>
        </p>
      );
    case 'expired':
      return (
        <p className="conversation-note">
          {what} has expired.
          {payload !== undefined && ` It began: ${beginningOf(saidIn(payload), MOST_CHARACTERS)}`}
        </p>
      );
    case 'held':
      return (
        <p className="conversation-note">
          {what} is in {formatBytes(loaded.bytes)}, much for a page.{' '}
          <button type="button" onClick={loaded.ask}>
            Load it all the same
          </button>
        </p>
      );
    default:
      return null;
  }
}
