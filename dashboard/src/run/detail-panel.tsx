import { X } from 'lucide-react';
import { memo, useEffect, useState, type PointerEvent, type ReactNode } from 'react';
import { ErrorBoundary } from '../page/error-boundary.tsx';
import { lazyPart } from '../page/lazy-part.tsx';
import { storedValue } from '../page/stored-value.ts';
import type { RunSource, Selection } from './run-source.ts';

/** What shows payloads is large, and nothing is selected at first. */
const SpanDetail = lazyPart(
  'The details',
  async () => (await import('../detail/span-detail.tsx')).SpanDetail,
);

const kept = storedValue('detail-px');
const LEAST_PX = 320;
const STEP_PX = 32;

/** What is selected, at the right; its width is kept for the next time. On a phone over all. */
export const DetailPanel = memo(function DetailPanel({
  source,
  selection,
}: {
  source: RunSource;
  selection: Selection;
}): ReactNode {
  const [width, setWidth] = useState(() => Number(kept.read() ?? 460));
  useEffect(() => kept.write(String(width)), [width]);
  const mostPx = Math.max(LEAST_PX, window.innerWidth * 0.7);
  const set = (next: number): void => setWidth(Math.min(mostPx, Math.max(LEAST_PX, next)));
  const move = (event: PointerEvent<HTMLElement>): void => {
    if (event.currentTarget.hasPointerCapture(event.pointerId))
      set(document.documentElement.clientWidth - event.clientX);
  };
  return (
    <aside className="run-detail" aria-label="Details" style={{ width: Math.min(width, mostPx) }}>
      <div
        className="run-detail-edge"
        role="separator"
        aria-orientation="vertical"
        aria-label="Width of the details"
        aria-valuenow={Math.round(width)}
        aria-valuemin={LEAST_PX}
        aria-valuemax={Math.round(mostPx)}
        tabIndex={0}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={move}
        onKeyDown={(event) => {
          const step =
            event.key === 'ArrowLeft' ? STEP_PX : event.key === 'ArrowRight' ? -STEP_PX : 0;
          if (step === 0) return;
          event.preventDefault();
          event.stopPropagation();
          set(width + step);
        }}
      />
      <button
        type="button"
        className="run-detail-close icon-button"
        aria-label="Close the details"
        title="Close (Esc)"
        onClick={() => selection.select(undefined)}
      >
        <X size={14} aria-hidden />
      </button>
      <ErrorBoundary what="The details" of={selection.spanId}>
        <SpanDetail source={source} selection={selection} />
      </ErrorBoundary>
    </aside>
  );
});
