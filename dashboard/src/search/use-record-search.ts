import type { Client } from '@spantail/client';
import { SpantailError, type SpanId, type TraceId } from '@spantail/protocol';
import { useClient } from '@spantail/client/react';
import { useEffect, useState } from 'react';
import type { RunSource } from '../run/run-source.ts';

/** Not at every letter. */
const PAUSE_MS = 250;
/** Asked again so often while the run goes on, and so many times when it is over. */
const RENEW_MS = 3_000;
const TIMES_WHEN_OVER = 2;
/** Of one answer, and of all. */
const PAGE = 500;
const MOST_FOUND = 2_000;

/** Their gateway keeps no record: not asked again. */
const withoutRecord = new WeakSet<Client>();

/** What the record found. */
export interface RecordAnswer {
  spanIds: ReadonlySet<SpanId>;
  /** There are more: it was not asked for all. */
  isCut: boolean;
}

/**
 * Spans that the gateway's record finds a text in: whole words, anywhere in their inputs and outputs,
 * also where these are kept apart from the spans. `undefined` while it has not answered, and for a
 * moment of the past, which may not know yet what is in a span by now.
 */
export function useRecordSearch(
  { traceId, status, momentMs }: RunSource,
  text: string,
): RecordAnswer | undefined {
  const client = useClient();
  const [answer, setAnswer] = useState<RecordAnswer & { text: string; traceId: TraceId }>();
  const wanted = text.trim();
  const isAsked = wanted !== '' && momentMs === undefined && !withoutRecord.has(client);
  useEffect(() => {
    if (!isAsked) return undefined;
    const ending = new AbortController();
    const isLive = status === 'live' || status === 'catching-up';
    let timer = setTimeout(ask, PAUSE_MS, 0);
    async function ask(times: number): Promise<void> {
      try {
        const found = await findSpans(client, traceId, wanted, ending.signal);
        if (ending.signal.aborted) return;
        setAnswer({ ...found, text: wanted, traceId });
        // The record is a little behind the run.
        if (isLive || times < TIMES_WHEN_OVER) timer = setTimeout(ask, RENEW_MS, times + 1);
      } catch (error) {
        // What the page has is all there is then.
        if (error instanceof SpantailError && error.code === 'NOT_FOUND') withoutRecord.add(client);
      }
    }
    return () => {
      clearTimeout(timer);
      ending.abort();
    };
  }, [client, traceId, wanted, isAsked, status]);
  return isAsked && answer?.text === wanted && answer.traceId === traceId ? answer : undefined;
}

async function findSpans(
  client: Client,
  traceId: TraceId,
  text: string,
  signal: AbortSignal,
): Promise<RecordAnswer> {
  const query = { trace: traceId, q: quoted(text), limit: PAGE, signal };
  const spanIds = new Set<SpanId>();
  for await (const { rows, next } of client.query.spans(query).pages()) {
    for (const { spanId } of rows) spanIds.add(spanId);
    if (next !== undefined && spanIds.size >= MOST_FOUND) return { spanIds, isCut: true };
  }
  return { spanIds, isCut: false };
}

/** As one text of the filter language. */
function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
