import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDownToLine } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { facts } from '../run/facts-cache.ts';
import type { RunSource, Selection } from '../run/run-source.ts';
import { isOver } from '../run/use-agent-clock.ts';
import { usePacedMemo } from '../run/use-paced-memo.ts';
import { ConversationRowView } from './conversation-row.tsx';
import { rowsOf, type ConversationRow } from './rows.ts';
import { stampOf } from './stamp.ts';
import { PADDING_END_PX, useHeldEnd } from './use-held-end.ts';
import './conversation.css';

const ESTIMATED_PX: Readonly<Record<ConversationRow['kind'], number>> = {
  agent: 44,
  call: 120,
  action: 40,
  handoff: 36,
  failure: 56,
};

/** What the agents of a run said and did, top to bottom; while it goes on, the end is followed. */
export function ConversationView({
  source,
  selection,
}: {
  source: RunSource;
  selection: Selection;
}): ReactNode {
  const { tree, version, status, nowUs } = source;
  const rows = usePacedMemo(
    () => (tree === undefined ? [] : rowsOf(tree, facts.of)),
    tree,
    version,
  );
  const scroller = useRef<HTMLDivElement>(null);
  const isLive = status === 'live';
  const [joined, setJoined] = useState<'start' | 'end'>();
  const virtualizer = useVirtualizer<HTMLDivElement, Element>({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => ESTIMATED_PX[rows[index]?.kind ?? 'call'],
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 6,
    paddingStart: 16,
    paddingEnd: PADDING_END_PX,
    // At its beginning a run that grew would be moved with its end.
    anchorTo: joined === 'end' ? 'end' : 'start',
  });
  const isPresent = source.momentMs === undefined;
  const { isMoreBelow, hold, letGo } = useHeldEnd(scroller, virtualizer, isPresent, isLive);

  // A run that goes on is joined at its end, and one that is over at its beginning: not while it is
  // read, when a run that is over looks like one that goes on.
  const isKnown = (isLive || isOver(source)) && rows.length > 0;
  const goesOn = isLive && tree !== undefined && tree.openCount > 0;
  useEffect(() => {
    if (joined !== undefined || !isKnown) return;
    setJoined(goesOn ? 'end' : 'start');
    if (goesOn && selection.spanId === undefined) hold();
  }, [joined, isKnown, goesOn, hold, selection.spanId]);

  // What is selected elsewhere is shown here, unless it was selected here.
  const { spanId } = selection;
  const chosenHere = useRef<string>(undefined);
  useEffect(() => {
    if (spanId === undefined || spanId === chosenHere.current) return;
    // It is to be read, whatever comes.
    letGo();
    const index = rows.findIndex(({ key }) => key === spanId);
    if (index >= 0) virtualizer.scrollToIndex(index, { align: 'auto' });
    // Only when another one is selected: rows that come must not move the page.
  }, [spanId, virtualizer, letGo]);

  if (tree === undefined || rows.length === 0)
    return (
      <p className="quiet pad" role="status">
        {status === 'connecting' || status === 'catching-up'
          ? 'Loading the run…'
          : 'Nothing was said or done yet.'}
      </p>
    );
  return (
    <div className="conversation">
      <div
        ref={scroller}
        className="conversation-scroller"
        role="feed"
        aria-label="Conversation"
        aria-busy={status === 'catching-up'}
      >
        <div className="conversation-rows" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, key, start }) => {
            const row = rows[index];
            if (row === undefined) return null;
            // The tree's own span: rows of a paced walk may be a moment older.
            return (
              <div
                key={key}
                ref={virtualizer.measureElement}
                data-index={index}
                className="conversation-place"
                style={{ transform: `translateY(${start}px)` }}
              >
                <ConversationRowView
                  row={row}
                  stamp={stampOf(row.span, nowUs)}
                  position={index + 1}
                  setSize={rows.length}
                  nowUs={row.span.state === 'open' ? nowUs : 0}
                  isSelected={row.key === spanId}
                  onSelect={(id) => {
                    chosenHere.current = id;
                    selection.select(id);
                  }}
                  load={(payload) => source.load(payload)}
                />
              </div>
            );
          })}
        </div>
      </div>
      {isMoreBelow && isLive && (
        <button type="button" className="conversation-to-end" onClick={hold}>
          <ArrowDownToLine size={14} aria-hidden /> Newest
        </button>
      )}
    </div>
  );
}
