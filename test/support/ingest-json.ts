import { RunTree, decodeEvent, decodeEventArray, type TraceEvent } from '@spantail/protocol';
import type { EventLog, LogEntry } from 'spantail';

/** What the gateway answers to a script. */
export interface JsonAnswer {
  status: number;
  retryAfter: string | null;
  body: {
    code?: string;
    detail?: string;
    results?: {
      traceId?: string;
      outcome: string;
      position?: string;
      spanIds?: Record<string, string>;
      code?: string;
      message?: string;
      retry?: boolean;
    }[];
  };
}

/** Posts a body as it is, or a value as JSON. */
export async function postJson(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<JsonAnswer> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(`${url}/api/v1/ingest`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: isRaw ? Buffer.from(body as string) : JSON.stringify(body),
  });
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    body: (await response.json()) as JsonAnswer['body'],
  };
}

export async function entriesOf(log: EventLog, traceId: string): Promise<LogEntry[]> {
  const stream = { project: 'default', streamId: traceId };
  return log.read(stream, { after: '0-0', maxEntries: 100_000, maxBytes: 1e9 });
}

export async function eventsOf(log: EventLog, traceId: string): Promise<TraceEvent[]> {
  const entries = await entriesOf(log, traceId);
  return entries.flatMap(({ events }) => decodeEventArray(events).map((one) => decodeEvent(one)));
}

export async function treeOf(log: EventLog, traceId: string): Promise<RunTree> {
  const tree = new RunTree(traceId);
  for (const event of await eventsOf(log, traceId)) tree.apply(event);
  return tree;
}
