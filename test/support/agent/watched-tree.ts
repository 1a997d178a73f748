import { createClient } from '@spantail/client';
import { RunTree, type TraceId } from '@spantail/protocol';

/** The tree of a run as a viewer has it at the run's end. */
export async function watchedTree(url: string, traceId: TraceId): Promise<RunTree> {
  await using client = createClient({ url });
  const tree = new RunTree(traceId);
  for await (const item of client.events(traceId)) {
    if (item.type === 'open' || item.type === 'update' || item.type === 'close') tree.apply(item);
    else throw new Error(`a healthy run has a notice: ${item.type}`);
  }
  return tree;
}
