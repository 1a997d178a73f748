import { memo, type ReactNode } from 'react';
import type { Message } from './message.ts';
import { PartsList } from './parts-list.tsx';
import { visibleName } from './visible-text.ts';

/** One message: who said it, and what. */
export const MessageView = memo(function MessageView({
  message: { role, name, parts },
  isRewritten = false,
}: {
  message: Message;
  isRewritten?: boolean;
}): ReactNode {
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
      <PartsList parts={parts} />
      {parts.length === 0 && <p className="quiet payload-empty">Empty</p>}
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
