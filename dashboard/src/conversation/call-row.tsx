import type { ReactNode } from 'react';
import { visibleName } from '../payload/visible-text.ts';
import { facts } from '../run/facts-cache.ts';
import { TypeIcon } from '../tree/type-icon.tsx';
import { Answer } from './answer.tsx';
import { Asked } from './asked.tsx';
import { ErrorText } from './error-text.tsx';
import type { RowProps } from './row-props.ts';
import { SpanState } from './span-state.tsx';

/** A model call: what it was newly asked, and what it said. */
export function CallRow({
  row: { span, previous, heard, told },
  nowUs,
  load,
}: RowProps): ReactNode {
  return (
    <>
      <Asked span={span} previous={previous} heard={heard} told={told} load={load} />
      <header className="conversation-head">
        <TypeIcon type="model" />
        <span className="quiet">{visibleName(facts.of(span).model ?? span.name, 80)}</span>
        <SpanState span={span} nowUs={nowUs} withTokens />
      </header>
      <div className="conversation-answer">
        <Answer span={span} told={told} load={load} />
      </div>
      <ErrorText span={span} />
    </>
  );
}
