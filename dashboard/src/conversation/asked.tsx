import type { WatchedSpan } from '@spantail/client';
import { useMemo, type ReactNode } from 'react';
import { compareLists } from '../payload/compare-parts.ts';
import { ContentView } from '../payload/content-view.tsx';
import type { Message } from '../payload/message.ts';
import { Messages } from '../payload/messages.tsx';
import { NotCompared } from '../payload/not-compared.tsx';
import { readMessages } from '../payload/read-messages.ts';
import { MOST_BYTES_UNASKED, useLoaded, type LoadPayload } from '../payload/use-loaded.ts';
import { newTail } from './new-tail.ts';
import { NotLoaded } from './not-loaded.tsx';
import { isInstruction, newlyAsked } from './spoken.ts';

/** What a call was asked that the one before it in its thread was not. */
export function Asked({
  span: { input },
  previous,
  heard,
  told,
  load,
}: {
  span: WatchedSpan;
  previous: WatchedSpan | undefined;
  /** What need not be told again. */
  heard: readonly string[];
  /** Tools whose results have rows of their own. */
  told: readonly string[] | undefined;
  load: LoadPayload;
}): ReactNode {
  const before = previous?.input;
  const tails = useMemo(
    () => (input === undefined ? undefined : newTail(input, before)),
    [input, before],
  );
  const loaded = useLoaded(tails?.tail, load);
  const isHeld = loaded?.kind === 'held';
  // Whoever is shown so much may be shown as much to compare it with.
  const mostBytes = Math.max(MOST_BYTES_UNASKED, tails?.tail.bytes ?? 0);
  const loadedBefore = useLoaded(isHeld ? undefined : tails?.tailBefore, load, mostBytes);
  const asked = useMemo(() => {
    // Showing it first and taking it away later would move what is being read.
    if (loaded?.kind !== 'ready' || loadedBefore?.kind === 'loading') return undefined;
    const earlier = loadedBefore?.kind === 'ready' ? loadedBefore.value : undefined;
    return whatIsNew(loaded.value, earlier, heard, told);
  }, [loaded, loadedBefore, heard, told]);
  if (asked === undefined) {
    // What it begins with is what all calls of the thread begin with.
    const beginning = before === undefined ? input : undefined;
    return <NotLoaded what="What it was asked" payload={beginning} loaded={loaded} />;
  }
  if (asked.value === undefined && (asked.messages ?? []).length === 0) return null;
  return (
    <div className="conversation-asked">
      <NotCompared before={loadedBefore} />
      {asked.messages === undefined ? (
        <ContentView value={asked.value} />
      ) : (
        <AskedMessages messages={asked.messages} />
      )}
    </div>
  );
}

function AskedMessages({ messages }: { messages: readonly Message[] }): ReactNode {
  const instructions = messages.filter(isInstruction);
  const others = messages.filter((message) => !isInstruction(message));
  return (
    <>
      {instructions.length > 0 && (
        <details className="conversation-instructions">
          <summary>Instructions</summary>
          <Messages messages={instructions} />
        </details>
      )}
      {others.length > 0 && <Messages messages={others} />}
    </>
  );
}

/** Messages that are new; of an input that has none, the whole of it unless it is the same again. */
function whatIsNew(
  value: unknown,
  earlier: unknown,
  heard: readonly string[],
  told: readonly string[] | undefined,
): { messages?: Message[]; value?: unknown } {
  const read = readMessages(value);
  if (read !== undefined) {
    const readBefore = readMessages(earlier);
    const compared =
      readBefore === undefined ? undefined : compareLists(read.messages, readBefore.messages);
    return { messages: newlyAsked(read.messages, compared, heard, told) };
  }
  if (Array.isArray(value) && value.length === 0) return {};
  const isSame = earlier !== undefined && JSON.stringify(value) === JSON.stringify(earlier);
  return isSame ? {} : { value };
}
