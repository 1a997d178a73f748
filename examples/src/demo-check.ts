import { createHash } from 'node:crypto';
import { Publisher, createExporter } from '@spantail/agent';
import { createClient, type TraceEvent, type TraceId } from '@spantail/client';
import { decodeEvent, encodeEvent } from '@spantail/protocol';
import { loadRuns, playRuns, publisherSink, type PlaySink } from 'spantail';
import { RUNS } from './demo-runs.ts';

/** What one trace published and what its viewer received, as digests of events in order. */
interface Ledger {
  published: string[];
  received: string[];
}

/** Plays all runs at once at full speed and compares what went in with what came out. */
export async function checkRuns(url: string): Promise<{ line: string; ok: boolean }> {
  const ledgers = new Map<TraceId, Ledger>();
  const client = createClient({ url });
  const viewers: Promise<void>[] = [];
  const publisher = new Publisher({ exporter: createExporter(url) });

  const watch = async (traceId: TraceId, ledger: Ledger): Promise<void> => {
    for await (const item of client.events(traceId)) {
      if (item.type !== 'open' && item.type !== 'update' && item.type !== 'close')
        ledger.received.push(`${item.type}?`);
      else {
        const { cursor: _cursor, ...event } = item;
        ledger.received.push(digest(event));
      }
    }
  };
  const sink: PlaySink = {
    ...publisherSink(publisher),
    publish(traceId, event, blobs) {
      ledgers.get(traceId)?.published.push(digest(event));
      publisher.publish(traceId, event, blobs);
    },
  };
  const runs = await loadRuns([RUNS]);
  await playRuns(
    runs,
    {
      speed: 'max',
      onStart({ traceId }) {
        const ledger: Ledger = { published: [], received: [] };
        ledgers.set(traceId, ledger);
        viewers.push(watch(traceId, ledger));
      },
    },
    sink,
  );
  await publisher.shutdown();
  await Promise.all(viewers);
  client.close();
  return compare([...ledgers.values()]);
}

/** Of what a reader makes of the event: keys in one order, whoever wrote them. */
function digest(event: TraceEvent): string {
  const asRead = decodeEvent(encodeEvent(event));
  return createHash('sha256').update(encodeEvent(asRead)).digest('base64');
}

function compare(ledgers: Ledger[]): { line: string; ok: boolean } {
  let published = 0;
  let received = 0;
  let missing = 0;
  let duplicates = 0;
  let disordered = 0;
  for (const ledger of ledgers) {
    published += ledger.published.length;
    received += ledger.received.length;
    const left = new Map<string, number>();
    for (const one of ledger.published) left.set(one, (left.get(one) ?? 0) + 1);
    for (const one of ledger.received) left.set(one, (left.get(one) ?? 0) - 1);
    for (const count of left.values()) {
      if (count > 0) missing += count;
      else duplicates -= count;
    }
    if (ledger.published.some((one, i) => ledger.received[i] !== one)) disordered++;
  }
  const line =
    `demo: ${ledgers.length} runs, ${published} events published, ${received} received, ` +
    `${missing} missing, ${duplicates} duplicates`;
  const ok = ledgers.length >= 3 && published > 0 && missing + duplicates + disordered === 0;
  return { line: disordered > 0 ? `${line}, ${disordered} runs out of order` : line, ok };
}
