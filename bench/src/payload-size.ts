/**
 * How much of the model inputs of recorded runs is stored, and how much it would be in full:
 *
 *     node --conditions=source bench/src/payload-size.ts DIRECTORY…
 *
 * For each model call the input is the JSON array of its messages. "stored" is what the call adds:
 * its payload as MessagePack, and the blobs that the run has not had before, 20 bytes of reference
 * and header with each.
 */
import { createHash } from 'node:crypto';
import { BLOB_REF_BYTES, buildPayload, encodeEvent, toHex, type BlobRef } from '@spantail/protocol';
import { loadRuns, type RecordedAction } from 'spantail';

const BLOB_OVERHEAD_BYTES = 20;

interface Size {
  calls: number;
  fullBytes: number;
  payloadBytes: number;
  blobBytes: number;
  buildMs: number;
}

const totals: Size = emptySize();
const rows: Record<string, string | number>[] = [];
for (const path of process.argv.slice(2)) {
  for (const { run } of await loadRuns([path])) {
    const size = measure(run.actions);
    if (size.calls > 0) rows.push(row(run.name, size));
    for (const key of Object.keys(totals) as (keyof Size)[]) totals[key] += size[key];
  }
}
rows.sort((a, b) => Number(b['full']) - Number(a['full']));
console.table([...rows.slice(0, 12), row('all runs', totals)]);

function measure(actions: readonly RecordedAction[]): Size {
  const size = emptySize();
  const known = new Set<string>();
  for (const action of actions) {
    if (action.type !== 'open' || action.spanType !== 'model' || action.input === undefined)
      continue;
    const begin = performance.now();
    const { payload, blobs } = buildPayload(action.input, hash);
    size.buildMs += performance.now() - begin;
    size.calls++;
    size.fullBytes += payload.bytes;
    const event = { type: 'update', spanId: '00f067aa0ba902b7', seq: 0 } as const;
    size.payloadBytes +=
      encodeEvent({ ...event, input: payload }).byteLength - encodeEvent(event).byteLength;
    for (const { ref, bytes } of blobs) {
      if (known.has(toHex(ref))) continue;
      known.add(toHex(ref));
      size.blobBytes += bytes.byteLength + BLOB_OVERHEAD_BYTES;
    }
  }
  return size;
}

function row(name: string, size: Size): Record<string, string | number> {
  return {
    run: name.slice(-40),
    calls: size.calls,
    full: size.fullBytes,
    payloads: size.payloadBytes,
    blobs: size.blobBytes,
    ratio: `${(size.fullBytes / (size.payloadBytes + size.blobBytes)).toFixed(1)}x`,
    'build ms': Math.round(size.buildMs),
  };
}

function emptySize(): Size {
  return { calls: 0, fullBytes: 0, payloadBytes: 0, blobBytes: 0, buildMs: 0 };
}

function hash(bytes: Uint8Array): BlobRef {
  return createHash('sha256').update(bytes).digest().subarray(0, BLOB_REF_BYTES);
}
