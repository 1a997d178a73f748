import type { WatchedSpan } from '@spantail/client';
import { readText, type SpanId } from '@spantail/protocol';
import { memo, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';
import { visibleName } from '../payload/visible-text.ts';
import { handoffTitle, spanTitle } from '../tree/span-title.ts';
import { TypeIcon } from '../tree/type-icon.tsx';
import { ActionRow } from './action-row.tsx';
import { AgentRow } from './agent-row.tsx';
import { CallRow } from './call-row.tsx';
import { ErrorText } from './error-text.tsx';
import type { RowProps } from './row-props.ts';
import type { ConversationRow } from './rows.ts';
import { SpanState } from './span-state.tsx';

/** Deeper threads are not indented further: the text needs its room. */
const MOST_INDENTS = 6;

/** One row; drawn again when its stamp is another one. */
export const ConversationRowView = memo(function ConversationRowView({
  row,
  position,
  setSize,
  isSelected,
  onSelect,
  nowUs,
  load,
}: RowProps & {
  stamp: string;
  position: number;
  setSize: number;
  isSelected: boolean;
  onSelect: (spanId: SpanId) => void;
}): ReactNode {
  const { span, kind, depth } = row;
  const onClick = (event: MouseEvent): void => {
    // What can be pressed inside of it, and text that is being selected, are no choice of the row.
    if (event.target instanceof Element && event.target.closest('button,a,summary,input')) return;
    if (window.getSelection()?.isCollapsed === false) return;
    onSelect(span.spanId);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.target !== event.currentTarget) return;
    event.preventDefault();
    onSelect(span.spanId);
  };
  return (
    <article
      className={`conversation-row is-${kind}${isSelected ? ' is-selected' : ''}`}
      style={{ marginLeft: Math.min(depth, MOST_INDENTS) * 20 }}
      data-depth={Math.min(depth, MOST_INDENTS)}
      tabIndex={0}
      aria-posinset={position}
      aria-setsize={setSize}
      aria-label={`${span.spanType} ${visibleName(span.name, 80)}`}
      aria-current={isSelected ? 'true' : undefined}
      onClick={onClick}
      onKeyDown={onKeyDown}
    >
      <RowContent row={row} nowUs={nowUs} load={load} />
    </article>
  );
}, areSame);

function RowContent(props: RowProps): ReactNode {
  switch (props.row.kind) {
    case 'agent':
      return <AgentRow {...props} />;
    case 'call':
      return <CallRow {...props} />;
    case 'action':
      return <ActionRow {...props} />;
    default:
      return <EventRow {...props} />;
  }
}

/** A handoff, or a step that failed. */
function EventRow({ row: { span }, nowUs }: RowProps): ReactNode {
  return (
    <>
      <header className="conversation-head">
        <TypeIcon type={span.spanType} />
        <strong>{eventName(span)}</strong>
        <SpanState span={span} nowUs={nowUs} />
      </header>
      <ErrorText span={span} />
    </>
  );
}

function eventName(span: WatchedSpan): string {
  const to = readText(span.attributes, ['handoff.to']);
  const said = span.spanType === 'handoff' && to !== undefined ? handoffTitle(span) : undefined;
  return said === undefined ? spanTitle(span) || 'Handoff' : visibleName(said, 120);
}

function areSame(
  a: {
    row: ConversationRow;
    stamp: string;
    position: number;
    setSize: number;
    isSelected: boolean;
  },
  b: {
    row: ConversationRow;
    stamp: string;
    position: number;
    setSize: number;
    isSelected: boolean;
  },
): boolean {
  return (
    a.stamp === b.stamp &&
    a.row.span === b.row.span &&
    a.row.previous === b.row.previous &&
    a.row.asksByCalls === b.row.asksByCalls &&
    a.row.depth === b.row.depth &&
    a.row.kind === b.row.kind &&
    a.row.told?.join('\n') === b.row.told?.join('\n') &&
    a.position === b.position &&
    a.setSize === b.setSize &&
    a.isSelected === b.isSelected
  );
}
