import type { Payload } from '@spantail/protocol';
import { Search } from 'lucide-react';
import { memo, useCallback, useMemo, useState, type ReactNode } from 'react';
import { formatBytes } from '../format/quantities.ts';
import { ContentView } from './content-view.tsx';
import { CopyButton } from './copy-button.tsx';
import { FindIn } from './find-in.tsx';
import { textPattern } from '../search/text-pattern.ts';
import { StreamingView } from './streaming-view.tsx';
import { TextView } from './text-view.tsx';
import { useLoaded, type LoadPayload, type Loaded } from './use-loaded.ts';
import { writeJson } from './write-json.ts';
import './payload.css';

const MOST_RAW_CHARACTERS = 32 * 1024 * 1024;
/** A smaller one is seen at a glance; of a larger one some is folded, or not on the page. */
const LEAST_BYTES_TO_SEARCH = 4_096;

/**
 * A span's input or output as what it is: loaded when it is shown, with a raw view, its size and a
 * button to copy it. While a span streams, `streamingText` is what there is of it.
 */
export const PayloadView = memo(function PayloadView({
  payload,
  load,
  streamingText,
  isStreaming = false,
  previous,
  asCode = false,
  searched = '',
}: {
  payload: Payload | undefined;
  load: LoadPayload;
  /** The partial output: shown until `payload` is there. */
  streamingText?: string | undefined;
  /** More of it may come. */
  isStreaming?: boolean;
  /** The same of the call before: what is in it already is folded away. */
  previous?: Payload | undefined;
  /** A text in it is a program's, not a person's. */
  asCode?: boolean;
  /** What is searched for in the run. */
  searched?: string;
}): ReactNode {
  const [raw, setRaw] = useState(false);
  const [finding, setFinding] = useState<boolean>();
  const loaded = useLoaded(payload, load);
  const partial = streamingText === '' ? undefined : streamingText;
  const value =
    loaded?.kind === 'ready' ? loaded.value : payload === undefined ? partial : undefined;
  const bytes = payload?.bytes ?? partial?.length ?? 0;
  const text = useCallback(() => rawOf(value), [value]);
  const isFound = useMemo(
    () => bytes >= LEAST_BYTES_TO_SEARCH && value !== undefined && isIn(text, searched),
    [bytes, value, text, searched],
  );
  const isFinding = value !== undefined && (finding ?? isFound);
  if (payload === undefined && partial === undefined)
    return (
      <p className="quiet payload-empty">{isStreaming ? 'Nothing yet' : 'Nothing was recorded'}</p>
    );
  return (
    <div className="payload">
      <div className="payload-bar">
        <span className="quiet">{sizeOf(payload, partial)}</span>
        <span className="grow" />
        {bytes >= LEAST_BYTES_TO_SEARCH && (
          <button
            type="button"
            className="copy-button"
            aria-label="Find in it"
            title="Find in it"
            aria-pressed={isFinding}
            disabled={value === undefined}
            onClick={() => setFinding(!isFinding)}
          >
            <Search size={13} aria-hidden />
          </button>
        )}
        <button
          type="button"
          className="payload-raw"
          aria-pressed={raw}
          disabled={value === undefined}
          onClick={() => setRaw(!raw)}
        >
          Raw
        </button>
        {value !== undefined && <CopyButton text={() => rawOf(value)} label="all of it" />}
      </div>
      {isFinding && <FindIn key={searched} text={text} wanted={searched} />}
      {payload === undefined ? (
        <PartialView text={partial ?? ''} {...{ raw, isStreaming, asCode }} />
      ) : loaded?.kind === 'ready' ? (
        raw ? (
          <RawView value={loaded.value} />
        ) : (
          <ContentView value={loaded.value} {...{ payload, load, previous, asCode }} />
        )
      ) : (
        <NotLoaded {...{ loaded, payload, partial, asCode }} />
      )}
    </div>
  );
});

function PartialView({
  text,
  raw,
  isStreaming,
  asCode,
}: {
  text: string;
  raw: boolean;
  isStreaming: boolean;
  asCode: boolean;
}): ReactNode {
  if (raw) return <TextView text={text} streaming={isStreaming} code />;
  return isStreaming ? (
    <StreamingView text={text} asCode={asCode} />
  ) : (
    <ContentView value={text} asCode={asCode} />
  );
}

/** What streamed in stays where it is until the whole is there. */
function NotLoaded({
  loaded,
  payload,
  partial,
  asCode,
}: {
  asCode: boolean;
  loaded: Loaded | undefined;
  payload: Payload;
  partial: string | undefined;
}): ReactNode {
  if (loaded?.kind === 'held')
    return (
      <p className="payload-state">
        {formatBytes(loaded.bytes)} are much for a page.{' '}
        <button type="button" onClick={loaded.ask}>
          Load it all the same
        </button>
      </p>
    );
  const before = partial === undefined ? null : <StreamingView text={partial} asCode={asCode} />;
  if (loaded?.kind === 'expired')
    return (
      <>
        <p className="payload-state">This content has expired; only its beginning is left.</p>
        {before ?? <TextView text={payload.preview} code />}
      </>
    );
  if (loaded?.kind === 'failed')
    return (
      <>
        <p className="payload-state payload-failed" role="alert">
          It could not be loaded: {loaded.message.slice(0, 300)}{' '}
          <button type="button" onClick={loaded.retry}>
            Try again
          </button>
        </p>
        {before}
      </>
    );
  return before ?? <p className="payload-state payload-loading quiet">Loading…</p>;
}

function RawView({ value }: { value: unknown }): ReactNode {
  const text = useMemo(() => rawOf(value), [value]);
  return <TextView text={text} code />;
}

function isIn(text: () => string, searched: string): boolean {
  return textPattern(searched)?.test(text()) === true;
}

function rawOf(value: unknown): string {
  return typeof value === 'string' ? value : writeJson(value, MOST_RAW_CHARACTERS);
}

function sizeOf(payload: Payload | undefined, partial: string | undefined): string {
  if (payload === undefined) return `${(partial ?? '').length.toLocaleString()} characters`;
  return `${formatBytes(payload.bytes)} ${payload.mediaType === 'text/plain' ? 'text' : 'JSON'}`;
}
