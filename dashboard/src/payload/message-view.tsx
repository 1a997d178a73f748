import { memo, useState, type ReactNode } from 'react';
import type { Message } from './message.ts';
import { PartView } from './part-view.tsx';
import { visibleName } from './visible-text.ts';

const FIRST_PARTS = 50;

/** One message: who said it, and what. */
export const MessageView = memo(function MessageView({
  message: { role, name, parts },
  isRewritten = false,
}: {
  message: Message;
  isRewritten?: boolean;
}): ReactNode {
  const [shown, setShown] = useState(FIRST_PARTS);
  return (
    <li className="message" data-role={KNOWN_ROLES.has(role) ? role : 'other'}>
      <div className="message-head">
        <span className="message-role">{visibleName(role, 40)}</span>
        {name !== undefined && <span className="quiet">{visibleName(name, 80)}</span>}
        {isRewritten && (
          <span className="message-rewritten" title="The call before had another message here">
            rewritten
          </span>
        )}
      </div>
      {parts.slice(0, shown).map((part, index) => (
        // The parts of a message never move.
        <PartView key={index} part={part} />
      ))}
      {parts.length === 0 && <p className="quiet payload-empty">Empty</p>}
      {parts.length > shown && (
        <p className="text-more">
          <button type="button" onClick={() => setShown(shown + 500)}>
            Show more
          </button>
          <span className="quiet">{parts.length - shown} parts more</span>
        </p>
      )}
    </li>
  );
});

const KNOWN_ROLES: ReadonlySet<string> = new Set([
  'system',
  'developer',
  'user',
  'assistant',
  'tool',
]);
