import { randomBytes } from 'node:crypto';
import { encodeEventArray } from '@spantail/protocol';
import type { RunCommit } from 'spantail';
import { archived, blobOf, commitOf, entryOf, runRow, spanRow } from './samples.ts';

/** Trace id of a run by its number. */
export function traceOf(run: number): string {
  return (run + 1).toString(16).padStart(32, '0');
}

export function spanIdOf(number: number): string {
  return number.toString(16).padStart(16, '0');
}

export const sharedBlob = blobOf(Buffer.from('shared '.repeat(500)));

export function blobOfPortion(run: number, number: number) {
  return blobOf(Buffer.from(`blob of run ${run} portion ${number}`));
}

/** What the `number`th visit to a run commits: one entry, a new span, the one before closed. */
export function portionOf(run: number, number: number, bytes: number): RunCommit {
  const trace = traceOf(run);
  const at = (number: number) => ({ epoch: 'e1', position: `${number}-0` });
  const { endUs: _end, durationUs: _duration, ...rest } = spanRow(trace);
  const opened = {
    ...rest,
    spanId: spanIdOf(number),
    state: 'open' as const,
    status: 'unset' as const,
    name: `open ${number}`,
  };
  const closed = spanRow(trace, { spanId: spanIdOf(number - 1), name: `closed ${number - 1}` });
  const spans = number === 1 ? [archived(opened)] : [archived(opened), archived(closed)];
  const events = encodeEventArray([randomBytes(bytes), Buffer.from(`portion ${number}`)]);
  return commitOf(trace, [entryOf(`${number}-0`, { number, events, count: 2 })], {
    expected: number === 1 ? undefined : at(number - 1),
    position: at(number),
    run: runRow(trace, { spanCount: number, eventCount: 2 * number, name: `at ${number}` }),
    spans,
    blobs: [sharedBlob, blobOfPortion(run, number)],
    ended: false,
  });
}
