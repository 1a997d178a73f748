import {
  RunTree,
  decodeEvent,
  decodeEventArray,
  loadPayload,
  toHex,
  type Payload,
  type SpanNode,
  type TraceEvent,
} from '@spantail/protocol';
import type { EventLog, LogEntry } from 'spantail';

const WHOLE = { after: '0-0', maxEntries: 100_000, maxBytes: 1e9 };

/** Everything that the log has of a trace. */
export function entriesOf(log: EventLog, traceId: string): Promise<LogEntry[]> {
  return log.read({ project: 'default', streamId: traceId }, WHOLE);
}

export async function eventsOf(log: EventLog, traceId: string): Promise<TraceEvent[]> {
  const entries = await entriesOf(log, traceId);
  return entries.flatMap(({ events }) => decodeEventArray(events).map((one) => decodeEvent(one)));
}

/** What a viewer makes of it. */
export async function treeOf(log: EventLog, traceId: string): Promise<RunTree> {
  const tree = new RunTree(traceId);
  for (const event of await eventsOf(log, traceId)) tree.apply(event);
  return tree;
}

/** A payload's whole value; `undefined` for none. */
export async function valueOf(
  log: EventLog,
  traceId: string,
  payload: Payload | undefined,
): Promise<unknown> {
  if (payload === undefined) return undefined;
  return loadPayload(payload, async (refs) => {
    const blobs = await log.getBlobs({ project: 'default', streamId: traceId }, [...refs]);
    return blobs.map((bytes, i) => {
      if (bytes === undefined) throw new Error(`no blob ${toHex(refs[i] ?? new Uint8Array())}`);
      return bytes;
    });
  });
}

/** Names of a tree's spans: `root(child, child(grandchild))`. */
export function outlineOf(tree: RunTree): string {
  const one = ({ name, children }: SpanNode): string =>
    children.length === 0 ? name : `${name}(${children.map(one).join(', ')})`;
  return tree.roots.map(one).join(' ');
}
