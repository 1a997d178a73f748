import { RunTree, buildPayload, toHex, type Payload, type TraceEvent } from '@spantail/protocol';
import { play, type PlaySink, type RecordedRun } from '../../../server/src/play/index.ts';
import { hashBlob } from '../codec/hash-blob.ts';

export interface PlayedTree {
  tree: RunTree;
  events: TraceEvent[];
  blobs: Map<string, Uint8Array>;
}

/** A recorded run played at once into a tree and a store of blobs. */
export async function playIntoTree(run: RecordedRun, traceId: string): Promise<PlayedTree> {
  const tree = new RunTree(traceId);
  const events: TraceEvent[] = [];
  const blobs = new Map<string, Uint8Array>();
  const sink: PlaySink = {
    publish(_traceId, event) {
      events.push(event);
      tree.apply(event);
    },
    payload(_traceId, value): Payload {
      const built = buildPayload(value, hashBlob);
      for (const { ref, bytes } of built.blobs) blobs.set(toHex(ref), bytes);
      return built.payload;
    },
    flush: () => Promise.resolve(),
  };
  await play(run, sink, { speed: 'max', traceId });
  return { tree, events, blobs };
}
