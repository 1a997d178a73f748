import type { WatchedSpan } from '@spantail/client';
import { useMemo, type ReactNode } from 'react';
import { compareLists } from '../payload/compare-parts.ts';
import { ContentView } from '../payload/content-view.tsx';
import { Messages } from '../payload/messages.tsx';
import { readMessages } from '../payload/read-messages.ts';
import { useLoaded, type LoadPayload } from '../payload/use-loaded.ts';
import { newTail } from './new-tail.ts';
import { isInstruction, newlyAsked } from './spoken.ts';

/** What a call was asked that the one before it in its thread was not. */
export function Asked({
  span: { input },
  previous,
  heard,
  load,
}: {
  span: WatchedSpan;
  previous: WatchedSpan | undefined;
  /** What need not be told again. */
  heard: readonly string[];
  load: LoadPayload;
}): ReactNode {
  const before = previous?.input;
  const tails = useMemo(
    () => (input === undefined ? undefined : newTail(input, before)),
    [input, before],
  );
  const loaded = useLoaded(tails?.tail, load);
  const loadedBefore = useLoaded(tails?.tailBefore, load);
  const asked = useMemo(() => {
    // Showing it first and taking it away later would move what is being read.
    if (loaded?.kind !== 'ready' || loadedBefore?.kind === 'loading') return undefined;
    const earlier = loadedBefore?.kind === 'ready' ? loadedBefore.value : undefined;
    return whatIsNew(loaded.value, earlier, heard);
  }, [loaded, loadedBefore, heard]);
  if (asked === undefined) return null;
  if (asked.messages === undefined)
    return asked.value === undefined ? null : (
      <div className="conversation-asked">
        <ContentView value={asked.value} />
      </div>
    );
  const instructions = asked.messages.filter(isInstruction);
  const messages = asked.messages.filter((message) => !isInstruction(message));
  if (asked.messages.length === 0) return null;
  return (
    <div className="conversation-asked">
      {instructions.length > 0 && (
        <details className="conversation-instructions">
          <summary>Instructions</summary>
          <Messages messages={instructions} />
        </details>
      )}
      {messages.length > 0 && <Messages messages={messages} />}
    </div>
  );
}

/** Messages that are new; of an input that has none, the whole of it unless it is the same again. */
function whatIsNew(
  value: unknown,
  earlier: unknown,
  heard: readonly string[],
): { messages?: ReturnType<typeof newlyAsked>; value?: unknown } {
  const read = readMessages(value);
  if (read !== undefined) {
    const readBefore = readMessages(earlier);
    const compared =
      readBefore === undefined ? undefined : compareLists(read.messages, readBefore.messages);
    return { messages: newlyAsked(read.messages, compared, heard) };
  }
  if (Array.isArray(value) && value.length === 0) return {};
  const isSame = earlier !== undefined && JSON.stringify(value) === JSON.stringify(earlier);
  return isSame ? {} : { value };
}
