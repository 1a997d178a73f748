import type { WatchedSpan, WatchedTree } from '@spantail/client';
import type { Payload } from '@spantail/protocol';
import { useCallback, useEffect, useMemo, useRef, type ReactNode } from 'react';
import { PayloadView } from '../payload/payload-view.tsx';
import { visibleName } from '../payload/visible-text.ts';
import type { RunSource, Selection } from '../run/run-source.ts';
import { useSearchedText } from '../search/use-searched-text.ts';
import { spanTitle } from '../tree/span-title.ts';
import { ContentSection } from './content-section.tsx';
import { previousCall } from './previous-call.ts';
import { ErrorSection } from './sections.tsx';

/** What went into a span and what came out, and what went wrong. */
export function Content({
  source,
  tree,
  span,
  selection,
}: {
  source: RunSource;
  tree: WatchedTree;
  span: WatchedSpan;
  selection: Selection;
}): ReactNode {
  const { input, output, outputText, error, state } = span;
  const load = useStableLoad(source);
  const isOpen = state === 'open';
  const searched = useSearchedText();
  // Looked for once for each input: what came before it does not change with every event.
  const previous = useMemo(() => previousCall(tree, span), [tree, span, input, span.startUs]);
  return (
    <>
      {error !== undefined && <ErrorSection error={error} isLost={span.state === 'lost'} />}
      <ContentSection title="Input">
        {previous !== undefined && (
          <p className="detail-compared quiet">
            Compared with the call before,{' '}
            <button
              type="button"
              title={visibleName(previous.name)}
              onClick={() => selection.select(previous.spanId)}
            >
              {visibleName(spanTitle(previous), 60)}
            </button>
          </p>
        )}
        <PayloadView payload={input} load={load} previous={previous?.input} searched={searched} />
      </ContentSection>
      <ContentSection title="Output" note={isOpen ? 'as it comes' : noteOf(span)}>
        <PayloadView
          payload={output}
          load={load}
          streamingText={outputText}
          isStreaming={isOpen}
          asCode={span.spanType === 'tool'}
          searched={searched}
        />
      </ContentSection>
    </>
  );
}

/** The same function through all changes of a run, so that content that stays is not shown anew. */
function useStableLoad(source: RunSource): (payload: Payload) => Promise<unknown> {
  const current = useRef(source);
  useEffect(() => {
    current.current = source;
  });
  return useCallback((payload: Payload) => current.current.load(payload), []);
}

/** A stream that broke off, or has a hole, is not the whole output. */
function noteOf({ state, outputComplete, output, outputText }: WatchedSpan): string | undefined {
  if (state === 'unknown' || output !== undefined || outputText === '') return undefined;
  if (state === 'lost') return 'as far as it came';
  return outputComplete ? undefined : 'not all of it is here';
}
