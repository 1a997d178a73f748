import type { ReactNode } from 'react';
import { ContentView } from '../payload/content-view.tsx';
import { useLoaded } from '../payload/use-loaded.ts';
import { shortName } from '../graph/short-name.ts';
import { facts } from '../run/facts-cache.ts';
import { TypeIcon } from '../tree/type-icon.tsx';
import { ErrorText } from './error-text.tsx';
import { NotLoaded } from './not-loaded.tsx';
import type { RowProps } from './row-props.ts';
import { SpanState } from './span-state.tsx';

/** An agent begins: who it is, and what it was asked where none of its calls tells. */
export function AgentRow({ row: { span, asksByCalls, heard }, nowUs, load }: RowProps): ReactNode {
  const isTold = asksByCalls === true || heard.includes(span.input?.preview ?? '');
  const loaded = useLoaded(isTold ? undefined : span.input, load);
  return (
    <>
      <header className="conversation-head">
        <TypeIcon type="agent" size={16} />
        <strong>{shortName(facts.of(span).agent ?? (span.name || 'Agent'))}</strong>
        <SpanState span={span} nowUs={nowUs} />
      </header>
      {loaded?.kind === 'ready' && (
        <div className="conversation-asked">
          <ContentView value={loaded.value} />
        </div>
      )}
      {span.input !== undefined && !isTold && (
        <NotLoaded what="What it was asked" payload={span.input} loaded={loaded} />
      )}
      <ErrorText span={span} />
    </>
  );
}
