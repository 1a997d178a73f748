import type { WatchedSpan } from '@spantail/client';
import type { ReactNode } from 'react';
import { visibleName } from '../payload/visible-text.ts';

/** Why a span failed. */
export function ErrorText({ span: { error } }: { span: WatchedSpan }): ReactNode {
  if (error === undefined) return null;
  return (
    <p className="conversation-error">
      {visibleName(error.type, 80)}
      {error.message !== '' && `: ${error.message.slice(0, 600)}`}
    </p>
  );
}
