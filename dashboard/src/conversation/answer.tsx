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
import { isSaid, unwrapAnswer, withoutToolCalls } from './spoken.ts';

/** What a model said; what it called is told by the calls themselves. */
export function Answer({ span, load }: { span: WatchedSpan; load: LoadPayload }): ReactNode {
  const { output, outputText, state } = span;
  const loaded = useLoaded(output, load);
  if (output === undefined) {
    if (outputText === '') return state === 'open' ? <Waiting /> : null;
    return <AnswerText text={outputText} isGrowing={state === 'open'} />;
  }
  if (loaded?.kind === 'ready') {
    const said = unwrapAnswer(loaded.value);
    if (typeof said === 'string') return <AnswerText text={said} isGrowing={false} />;
    return said === undefined ? null : <AnswerValue value={said} />;
  }
  if (outputText !== '') return <AnswerText text={outputText} isGrowing={false} />;
  if (loaded?.kind === 'loading') return <p className="conversation-note">Loading…</p>;
  return <NotLoaded what="The answer" payload={output} loaded={loaded} />;
}

function AnswerText({ text, isGrowing }: { text: string; isGrowing: boolean }): ReactNode {
  const blocks = useMemo(() => readBlocks(text)?.filter(isSaid), [text]);
  if (blocks === undefined)
    return isGrowing ? <StreamingView text={text} /> : <AnswerValue value={text} />;
  return <BlocksView parts={blocks} isGrowing={isGrowing} />;
}

function AnswerValue({ value }: { value: unknown }): ReactNode {
  const shape = useMemo(() => recognise(value), [value]);
  if (shape.kind !== 'messages') return <ContentView value={value} />;
  const spoken = withoutToolCalls(shape.messages);
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
