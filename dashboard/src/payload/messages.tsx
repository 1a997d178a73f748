import { ChevronDown, ChevronRight } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { groupMessages, type Compared } from './group-messages.ts';
import { JsonView } from './json-view.tsx';
import type { Message } from './message.ts';
import { MessageView } from './message-view.tsx';
import { useShown } from './use-shown.ts';
import './message.css';

/** Messages put on the page at once. */
const PAGE_MESSAGES = 40;

/**
 * A conversation. With `compared`, the messages the call before had already are folded away, and
 * those that were rewritten since are marked.
 */
export function Messages({
  messages,
  compared,
  rest,
}: {
  messages: readonly Message[];
  /** One for each message. */
  compared?: readonly Compared[] | undefined;
  /** What stood beside the messages. */
  rest?: Record<string, unknown>;
}): ReactNode {
  const groups = useMemo(() => groupMessages(messages.length, compared), [messages, compared]);
  return (
    <div className="messages">
      {groups.map(({ from, to, isSame }) =>
        isSame ? (
          <SameMessages key={from} messages={messages.slice(from, to)} />
        ) : (
          <PagedMessages
            key={from}
            messages={messages.slice(from, to)}
            compared={compared?.slice(from, to)}
          />
        ),
      )}
      {rest !== undefined && (
        <details className="messages-rest">
          <summary>Also in it: {Object.keys(rest).slice(0, 8).join(', ')}</summary>
          <JsonView value={rest} />
        </details>
      )}
    </div>
  );
}

function SameMessages({ messages }: { messages: readonly Message[] }): ReactNode {
  const [open, setOpen] = useState(false);
  const count = messages.length;
  const Icon = open ? ChevronDown : ChevronRight;
  return (
    <div className="messages-same">
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon size={14} aria-hidden />
        {count} {count === 1 ? 'message' : 'messages'} as before
      </button>
      {open && <PagedMessages messages={messages} />}
    </div>
  );
}

/** A long list begins with its newest: those before are asked for. */
function PagedMessages({
  messages,
  compared,
}: {
  messages: readonly Message[];
  compared?: readonly Compared[] | undefined;
}): ReactNode {
  const [shown, show] = useShown(PAGE_MESSAGES, messages.length);
  const first = Math.max(0, messages.length - shown);
  return (
    <>
      {first > 0 && (
        <p className="text-more">
          <button type="button" onClick={() => show(shown + 5 * PAGE_MESSAGES)}>
            Show earlier
          </button>
          <button type="button" onClick={() => show(messages.length)}>
            Show all
          </button>
          <span className="quiet">{first.toLocaleString()} earlier messages</span>
        </p>
      )}
      <ol className="message-list">
        {messages.slice(first).map((message, index) => (
          <MessageView
            // A list only grows at its start, by what was before.
            key={first + index}
            message={message}
            isRewritten={compared?.[first + index] === 'rewritten'}
          />
        ))}
      </ol>
    </>
  );
}
