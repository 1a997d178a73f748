import type { WatchedSpan } from '@spantail/client';
import { useRef, type KeyboardEvent, type ReactNode } from 'react';
import { formatCount } from '../format/quantities.ts';

export type DetailTab = 'content' | 'attributes' | 'logs' | 'links' | 'children';

/** What there is of a span, with how many of each. Arrow keys move, as in any list of tabs. */
export function DetailTabs({
  tab,
  onTab,
  span,
}: {
  tab: DetailTab;
  onTab: (tab: DetailTab) => void;
  span: WatchedSpan;
}): ReactNode {
  const list = useRef<HTMLDivElement>(null);
  const tabs: [DetailTab, string, number | undefined][] = [
    ['content', 'Input & output', undefined],
    ['attributes', 'Attributes', Object.keys(span.attributes).length],
    ['logs', 'Logs', span.logs.length],
    ['children', 'Children', span.children.length],
    ['links', 'Links', span.links.length],
  ];
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = tabs.findIndex(([name]) => name === tab);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (next === undefined) return;
    onTab(next[0]);
    list.current?.querySelector<HTMLElement>(`#detail-tab-${next[0]}`)?.focus();
  };
  return (
    <div className="detail-tabs" role="tablist" aria-label="Of the span" ref={list}>
      {tabs.map(([name, label, count]) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`detail-tab-${name}`}
          aria-controls="detail-panel"
          aria-selected={name === tab}
          tabIndex={name === tab ? 0 : -1}
          onClick={() => onTab(name)}
          onKeyDown={onKeyDown}
        >
          {label}
          {count !== undefined && count > 0 && (
            <span className="detail-count">{formatCount(count)}</span>
          )}
        </button>
      ))}
    </div>
  );
}
