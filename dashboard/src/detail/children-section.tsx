import type { WatchedSpan } from '@spantail/client';
import type { SpanNode } from '@spantail/protocol';
import type { ReactNode } from 'react';
import { formatDuration } from '../format/quantities.ts';
import { visibleName } from '../payload/visible-text.ts';
import type { Selection } from '../run/run-source.ts';
import { spanTitle } from '../tree/span-title.ts';
import { Rows } from './sections.tsx';

/** The spans right below, with what each is and how long it took. */
export function ChildrenSection({
  span,
  selection,
  nowUs,
}: {
  span: WatchedSpan;
  selection: Selection;
  nowUs: number;
}): ReactNode {
  return (
    <Rows items={span.children} empty="It has no spans below it">
      {(child) => (
        <button
          key={child.spanId}
          type="button"
          className="detail-child"
          data-state={child.state === 'lost' ? 'lost' : child.status}
          onClick={() => selection.select(child.spanId)}
        >
          <span className="detail-type" data-type={child.spanType}>
            {child.spanType}
          </span>
          <span className="detail-child-name" title={visibleName(child.name)}>
            {spanTitle(child)}
          </span>
          {child.state === 'lost' && <span className="detail-child-state">lost</span>}
          {child.status === 'error' && child.state !== 'lost' && (
            <span className="detail-child-state">failed</span>
          )}
          <span className="quiet">{lasted(child, nowUs)}</span>
        </button>
      )}
    </Rows>
  );
}

function lasted({ startUs, endUs, state }: SpanNode, nowUs: number): string {
  if (startUs === undefined) return '';
  const text = formatDuration(Math.max(0, (endUs ?? nowUs) - startUs));
  return state === 'open' ? `${text} …` : text;
}
