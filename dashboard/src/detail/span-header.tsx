import type { WatchedSpan } from '@spantail/client';
import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { formatDuration } from '../format/quantities.ts';
import { CopyButton } from '../payload/copy-button.tsx';
import { visibleName } from '../payload/visible-text.ts';
import type { Selection } from '../run/run-source.ts';
import { spanTitle } from '../tree/span-title.ts';

/** Steps of a deep path that are shown at each end. */
const MOST_STEPS = 6;

/** What the span is, how it stands, and the way to it from the root. */
export function SpanHeader({
  span,
  path,
  selection,
  durationUs,
}: {
  span: WatchedSpan;
  path: readonly WatchedSpan[];
  selection: Selection;
  durationUs: number | undefined;
}): ReactNode {
  const stands = standing(span);
  return (
    <header className="detail-header">
      {(path.length > 0 || span.orphan) && (
        <nav aria-label="Path from the root" className="detail-path">
          {span.orphan && <span className="detail-orphan">its parent is not known</span>}
          {shortPath(path).map((step, index) =>
            step === undefined ? (
              <span key={index} className="quiet">
                …
              </span>
            ) : (
              <span key={step.spanId} className="detail-step">
                <button
                  type="button"
                  title={visibleName(step.name)}
                  onClick={() => selection.select(step.spanId)}
                >
                  {visibleName(spanTitle(step), 60)}
                </button>
                <ChevronRight size={12} aria-hidden />
              </span>
            ),
          )}
        </nav>
      )}
      <h2 className="detail-name">
        <span className="detail-type" data-type={span.spanType}>
          {span.spanType}
        </span>
        <span className="detail-title">{spanTitle(span)}</span>
      </h2>
      {spanTitle(span) !== visibleName(span.name) && (
        <p className="detail-full-name quiet mono">{visibleName(span.name)}</p>
      )}
      <p className="detail-standing">
        <span className="detail-state" data-state={stands.kind}>
          {stands.text}
        </span>
        {durationUs !== undefined && (
          <span className="detail-duration">{formatDuration(durationUs)}</span>
        )}
        <span className="grow" />
        <span className="quiet mono">{span.spanId}</span>
        <CopyButton text={span.spanId} label="span id" />
      </p>
    </header>
  );
}

function standing({ state, status }: WatchedSpan): { kind: string; text: string } {
  if (state === 'lost') return { kind: 'lost', text: 'Lost: its publisher went silent' };
  if (state === 'open') return { kind: 'open', text: 'Running' };
  if (state === 'unknown') return { kind: 'unknown', text: 'Its start has not come yet' };
  return status === 'error' ? { kind: 'error', text: 'Failed' } : { kind: 'ok', text: 'Done' };
}

/** The ends of a path; `undefined` for what is left out between. */
function shortPath(path: readonly WatchedSpan[]): readonly (WatchedSpan | undefined)[] {
  if (path.length <= MOST_STEPS) return path;
  return [...path.slice(0, 2), undefined, ...path.slice(2 - MOST_STEPS)];
}
