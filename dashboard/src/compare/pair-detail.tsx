import type { WatchedSpan } from '@spantail/client';
import type { RunView } from '@spantail/client/react';
import type { Payload } from '@spantail/protocol';
import { X } from 'lucide-react';
import { useCallback, type ReactNode } from 'react';
import { Link } from 'wouter';
import { PayloadView } from '../payload/payload-view.tsx';
import { visibleName } from '../payload/visible-text.ts';
import type { Difference, StepPair } from './align-runs.ts';

/** What the two were given and what they gave, side by side. */
export function PairDetail({
  pair: { left, right, differences },
  leftView,
  rightView,
  onClose,
}: {
  pair: StepPair<WatchedSpan>;
  leftView: RunView;
  rightView: RunView;
  onClose: () => void;
}): ReactNode {
  return (
    <section className="pair-detail" aria-label="The selected step in both runs">
      <button
        type="button"
        className="icon-button pair-close"
        aria-label="Close"
        title="Close (Esc)"
        onClick={onClose}
      >
        <X size={15} aria-hidden />
      </button>
      <div className="pair-sides">
        <Side letter="A" span={left} view={leftView} differences={differences} />
        <Side letter="B" span={right} view={rightView} differences={differences} />
      </div>
    </section>
  );
}

function Side({
  letter,
  span,
  view,
  differences,
}: {
  letter: string;
  span: WatchedSpan | undefined;
  view: RunView;
  differences: readonly Difference[];
}): ReactNode {
  const { run, traceId } = view;
  const load = useCallback(
    (payload: Payload): Promise<unknown> =>
      run === undefined ? Promise.reject(new Error('the run is not watched')) : run.load(payload),
    [run],
  );
  if (span === undefined)
    return (
      <div className="pair-side">
        <p className="quiet">This step is not in run {letter}.</p>
      </div>
    );
  const isOpen = span.state === 'open';
  return (
    <div className="pair-side">
      <h2>
        <span className="compare-letter" aria-hidden>
          {letter}
        </span>
        <span className="step-dot" data-type={span.spanType} />
        <Link href={`/runs/${traceId}?span=${span.spanId}`}>
          {visibleName(span.name) || 'unnamed'}
        </Link>
      </h2>
      {span.error !== undefined && (
        <p className="pair-error">
          <b>{visibleName(span.error.type)}</b> {span.error.message}
        </p>
      )}
      <h3>Input {differences.includes('input') && <i className="pair-differs">differs</i>}</h3>
      <PayloadView payload={span.input} load={load} />
      <h3>Output {differences.includes('output') && <i className="pair-differs">differs</i>}</h3>
      <PayloadView
        payload={span.output}
        load={load}
        streamingText={span.outputText}
        isStreaming={isOpen}
      />
    </div>
  );
}
