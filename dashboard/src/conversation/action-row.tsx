import { ChevronDown, ChevronRight } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { PayloadView } from '../payload/payload-view.tsx';
import { argumentOf } from '../tree/row-texts.ts';
import { TypeIcon } from '../tree/type-icon.tsx';
import { ErrorText } from './error-text.tsx';
import type { RowProps } from './row-props.ts';
import { actionName, lastLines, resultLine } from './one-line.ts';
import { SpanState } from './span-state.tsx';

/** Lines of a tool's output that are seen while it grows. */
const LIVE_LINES = 4;

/** A tool call on one line; its arguments and its result unfold. */
export function ActionRow({ row: { span }, nowUs, load }: RowProps): ReactNode {
  const [open, setOpen] = useState(false);
  const { input, output, outputText, state, status } = span;
  const Chevron = open ? ChevronDown : ChevronRight;
  const result = resultLine(span);
  return (
    <>
      <header className="conversation-head">
        <button
          type="button"
          className="conversation-fold"
          aria-expanded={open}
          title={open ? 'Fold' : 'Show arguments and result'}
          onClick={() => setOpen(!open)}
        >
          <Chevron size={14} aria-hidden />
          <TypeIcon type={span.spanType} />
          <strong>{actionName(span)}</strong>
          {input !== undefined && (
            <code className="conversation-arguments">{argumentOf(input)}</code>
          )}
        </button>
        <SpanState span={span} nowUs={nowUs} />
      </header>
      {!open && state === 'open' && outputText !== '' && (
        <pre className="conversation-live">{lastLines(outputText, LIVE_LINES)}</pre>
      )}
      {!open && state !== 'open' && result !== '' && (
        <p className={`conversation-result${status === 'error' ? ' is-failed' : ''}`}>{result}</p>
      )}
      <ErrorText span={span} />
      {open && (
        <div className="conversation-unfolded">
          <h3>Arguments</h3>
          <PayloadView payload={input} load={load} />
          <h3>Result</h3>
          <PayloadView
            payload={output}
            load={load}
            streamingText={outputText}
            isStreaming={state === 'open'}
          />
        </div>
      )}
    </>
  );
}
