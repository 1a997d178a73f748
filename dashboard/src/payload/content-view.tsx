import type { Payload } from '@spantail/protocol';
import { useMemo, type ReactNode } from 'react';
import { BlocksView } from './blocks-view.tsx';
import { compareLists, equalHead, leftOut } from './compare-parts.ts';
import type { Compared } from './group-messages.ts';
import { Messages } from './messages.tsx';
import { NotCompared } from './not-compared.tsx';
import { PlainShapeView, PlainValue } from './plain-value.tsx';
import { recognise } from './recognise.ts';
import { isSameContent } from './same-content.ts';
import { MOST_BYTES_UNASKED, useLoaded, type LoadPayload } from './use-loaded.ts';

const NOTHING: LoadPayload = () => Promise.resolve(undefined);

/** A value that was loaded; a conversation with what is new in it since `previous`. */
export function ContentView({
  value,
  payload,
  previous,
  load = NOTHING,
  asCode = false,
}: {
  value: unknown;
  payload?: Payload;
  previous?: Payload | undefined;
  load?: LoadPayload;
  /** A text is a program's, not a person's. */
  asCode?: boolean;
}): ReactNode {
  const shape = useMemo(() => recognise(value), [value]);
  const isList = shape.kind === 'messages' && shape.isList && Array.isArray(value);
  const isSame =
    payload !== undefined && previous !== undefined && isSameContent(payload, previous);
  // Whoever is shown so much may be shown as much to compare it with.
  const mostBytes = Math.max(MOST_BYTES_UNASKED, payload?.bytes ?? 0);
  const before = useLoaded(isList && !isSame ? previous : undefined, load, mostBytes);
  const comparison = useMemo(() => {
    if (!isList || payload === undefined || previous === undefined) return undefined;
    if (isSame) return { compared: value.map((): Compared => 'same'), leftOut: 0 };
    if (before?.kind !== 'ready' || !Array.isArray(before.value)) return undefined;
    const compared = compareLists(value, before.value, equalHead(payload, previous));
    return { compared, leftOut: leftOut(value, before.value, compared) };
  }, [isList, isSame, value, payload, previous, before]);
  if (shape.kind === 'blocks')
    return asCode ? <PlainValue value={value} asCode /> : <BlocksView parts={shape.parts} />;
  if (shape.kind !== 'messages') return <PlainShapeView shape={shape} asCode={asCode} />;
  const { messages, rest } = shape;
  // Folding them later would move what is being read.
  if (before?.kind === 'loading')
    return <p className="payload-state payload-loading quiet">Loading…</p>;
  return (
    <>
      <NotCompared before={before} />
      {comparison !== undefined && comparison.leftOut > 0 && (
        <p className="messages-left-out">
          {comparison.leftOut}{' '}
          {comparison.leftOut === 1
            ? 'message of the call before is'
            : 'messages of the call before are'}{' '}
          no longer in it
        </p>
      )}
      <Messages
        messages={messages}
        compared={comparison?.compared}
        {...(rest === undefined ? {} : { rest })}
      />
    </>
  );
}
