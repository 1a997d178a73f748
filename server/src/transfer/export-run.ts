import type { Client, EventItem } from '@spantail/client';
import {
  RunTree,
  SpantailError,
  payloadsOf,
  type Blob,
  type SpanNode,
  type TraceId,
} from '@spantail/protocol';
import { BlobCollector } from './collect-blobs.ts';
import { endLine, eventLines, headLine } from './events-file.ts';
import { toOtlp, type SpanContents } from './otlp/to-otlp.ts';

/**
 * The lines of a run's export, as they come. A run that is live is exported as far as it has come.
 *
 * @throws SpantailError NOT_FOUND when there is no such run, or part of it is gone
 */
export async function* exportEvents(
  client: Client,
  url: string,
  traceId: TraceId,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const blobs = new BlobCollector(url, traceId);
  let count = 0;
  for await (const item of allEvents(client, traceId, signal)) {
    const { cursor: _cursor, timeMs, ...event } = item;
    if (count++ === 0) yield headLine(traceId);
    const fresh: Blob[] = [];
    for (const payload of payloadsOf(event)) fresh.push(...(await blobs.fresh(payload)));
    yield eventLines({ event, timeMs, blobs: fresh });
  }
  if (count === 0) throw new SpantailError('NOT_FOUND', `there is no run ${traceId}`);
  yield endLine(count);
}

/** @throws SpantailError like {@link exportEvents} */
export async function exportOtlp(
  client: Client,
  url: string,
  traceId: TraceId,
  signal: AbortSignal,
): Promise<string> {
  const blobs = new BlobCollector(url, traceId);
  const tree = new RunTree(traceId);
  for await (const item of allEvents(client, traceId, signal)) tree.apply(item);
  if (tree.spanCount === 0) throw new SpantailError('NOT_FOUND', `there is no run ${traceId}`);
  const contents = new Map<SpanNode, SpanContents>();
  for (const { span } of tree.walk()) {
    const input = span.input === undefined ? undefined : await blobs.value(span.input);
    const partial = span.outputText === '' ? undefined : span.outputText;
    const output = span.output === undefined ? partial : await blobs.value(span.output);
    contents.set(span, { input, output });
  }
  const none = { input: undefined, output: undefined };
  return `${JSON.stringify(toOtlp(tree, (span) => contents.get(span) ?? none))}\n`;
}

async function* allEvents(
  client: Client,
  traceId: TraceId,
  signal: AbortSignal,
): AsyncGenerator<EventItem & { timeMs: number }, void, undefined> {
  for await (const item of client.replay(traceId, { speed: 'max', live: false, signal })) {
    if ('timeMs' in item) yield item;
    else if (item.type !== 'invalid')
      throw new SpantailError(
        'NOT_FOUND',
        `${traceId} is not whole: ${item.type} (${reasonOf(item)})`,
      );
  }
}

function reasonOf(item: { reason: string } | { type: string }): string {
  return 'reason' in item ? item.reason : item.type;
}
