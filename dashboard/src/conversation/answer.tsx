import type { WatchedSpan } from '@spantail/client';
import { useMemo, type ReactNode } from 'react';
import { BlocksView } from '../payload/blocks-view.tsx';
import { ContentView } from '../payload/content-view.tsx';
import { Messages } from '../payload/messages.tsx';
import { recognise } from '../payload/recognise.ts';
import { readBlocks } from '../payload/recorded-blocks.ts';
import { StreamingView } from '../payload/streaming-view.tsx';
import { useLoaded, type LoadPayload } from '../payload/use-loaded.ts';
import { NotLoaded } from './not-loaded.tsx';
import { isSaid, withoutToolCalls } from './spoken.ts';

/** What a model said; what it called is told by the calls themselves, where there are spans of them. */
export function Answer({
  span,
  told,
  load,
}: {
  span: WatchedSpan;
  /** Tools that have rows of their own; `undefined` while others may still come. */
  told: readonly string[] | undefined;
  load: LoadPayload;
}): ReactNode {
  const { output, outputText, state } = span;
  const loaded = useLoaded(output, load);
  if (output === undefined) {
    if (outputText === '') return state === 'open' ? <Waiting /> : null;
    return <AnswerText text={outputText} told={told} isGrowing={state === 'open'} />;
  }
  if (loaded?.kind === 'ready') {
    const { value } = loaded;
    if (typeof value === 'string') return <AnswerText text={value} told={told} isGrowing={false} />;
    return <AnswerValue value={value} told={told} />;
  }
  if (outputText !== '') return <AnswerText text={outputText} told={told} isGrowing={false} />;
  if (loaded?.kind === 'loading') return <p className="conversation-note">Loading…</p>;
  return <NotLoaded what="The answer" payload={output} loaded={loaded} />;
}

type Told = readonly string[] | undefined;

function AnswerText({
  text,
  told,
  isGrowing,
}: {
  text: string;
  told: Told;
  isGrowing: boolean;
}): ReactNode {
  const blocks = useMemo(
    () => readBlocks(text)?.filter((part) => isSaid(part, told)),
    [text, told],
  );
  if (blocks === undefined)
    return isGrowing ? <StreamingView text={text} /> : <AnswerValue value={text} told={told} />;
  return <BlocksView parts={blocks} isGrowing={isGrowing} />;
}

function AnswerValue({ value, told }: { value: unknown; told: Told }): ReactNode {
  const shape = useMemo(() => recognise(value), [value]);
  if (shape.kind !== 'messages') return <ContentView value={value} />;
  const spoken = withoutToolCalls(shape.messages, told);
  return spoken.length === 0 ? null : <Messages messages={spoken} />;
}

function Waiting(): ReactNode {
  return (
    <p className="conversation-waiting" aria-label="Waiting for the answer">
      <span />
      <span />
      <span />
    </p>
  );
}
