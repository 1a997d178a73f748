import type { WatchedSpan, WatchedTree } from '@spantail/client';
import { useMemo, useRef, useState, type ReactNode } from 'react';
import { selectedSpan, type RunSource, type Selection } from '../run/run-source.ts';
import { useRunNowUs } from '../run/use-run-now.ts';
import { useMarkedWords } from '../search/use-marked-words.ts';
import { useSearchedText } from '../search/use-searched-text.ts';
import { ChildrenSection } from './children-section.tsx';
import { Content } from './content.tsx';
import { DetailTabs, type DetailTab } from './detail-tabs.tsx';
import { Facts } from './facts.tsx';
import { pathToRoot } from './path-to-root.ts';
import { AttributesSection, LinksSection, LogsSection } from './sections.tsx';
import { SpanHeader } from './span-header.tsx';
import { timingOf } from './timing.ts';
import { usePinned } from './use-pinned.ts';
import './detail.css';

/** All that is known of the selected span. */
export function SpanDetail({
  source,
  selection,
}: {
  source: RunSource;
  selection: Selection;
}): ReactNode {
  const span = selectedSpan(source, selection);
  const { tree } = source;
  if (tree !== undefined && span !== undefined)
    return <Detail key={span.spanId} {...{ source, selection, tree, span }} />;
  return (
    <div className="detail detail-none">
      <p className="quiet">
        {selection.spanId === undefined
          ? 'Select a span to see its input and output.'
          : source.momentMs === undefined
            ? 'This span is not known in this run.'
            : 'At this moment the span had not started yet.'}
      </p>
    </div>
  );
}

function Detail({
  source,
  selection,
  tree,
  span,
}: {
  source: RunSource;
  selection: Selection;
  tree: WatchedTree;
  span: WatchedSpan;
}): ReactNode {
  const [tab, setTab] = useState<DetailTab>('content');
  const scroller = useRef<HTMLDivElement>(null);
  const isOpen = span.state === 'open';
  const nowUs = useRunNowUs(source, isOpen);
  const { version } = source;
  // The tree is kept current in place: its version says when it is another one.
  const path = useMemo(() => pathToRoot(tree, span), [tree, span, version]);
  const timing = timingOf(tree, span, nowUs);
  useMarkedWords(scroller, useSearchedText());
  usePinned(scroller, isOpen && tab === 'content' && span.outputText !== '');
  return (
    <section className="detail" aria-label="Selected span">
      <SpanHeader span={span} path={path} selection={selection} durationUs={timing.durationUs} />
      <DetailTabs tab={tab} onTab={setTab} span={span} />
      <div
        className="detail-body"
        role="tabpanel"
        id="detail-panel"
        aria-labelledby={`detail-tab-${tab}`}
        tabIndex={0}
        ref={scroller}
      >
        {tab === 'content' && (
          <div>
            <Facts tree={tree} span={span} timing={timing} />
            <Content source={source} tree={tree} span={span} selection={selection} />
          </div>
        )}
        {tab === 'attributes' && <AttributesSection span={span} />}
        {tab === 'logs' && <LogsSection span={span} />}
        {tab === 'links' && (
          <LinksSection span={span} traceId={source.traceId} selection={selection} />
        )}
        {tab === 'children' && <ChildrenSection span={span} selection={selection} nowUs={nowUs} />}
      </div>
    </section>
  );
}
