import {
  RunTree,
  decodeEvent,
  decodeEventArray,
  encodeEvent,
  toRunRow,
  toSpanRow,
  type TraceEvent,
} from '@spantail/protocol';
import type { Archive, StreamName } from 'spantail';
import { expect } from 'vitest';

const WHOLE = { after: '0-0', maxEntries: 1_000_000, maxBytes: 1e9 };

/**
 * The record of a run that is over has each of these events once, in order, at growing positions up
 * to where it says it is, and the rows that they make.
 */
export async function expectRecorded(
  archive: Archive,
  stream: StreamName,
  events: readonly TraceEvent[],
): Promise<void> {
  const entries = await archive.read(stream, WHOLE);
  const positions = entries.map(({ position }) => position);
  expect(new Set(positions).size).toBe(positions.length);
  expect((await archive.position(stream))?.position).toBe(positions.at(-1));
  const kept = entries.flatMap((entry) => decodeEventArray(entry.events));
  expect(kept.map((bytes) => decodeEvent(bytes))).toEqual(
    events.map((event) => decodeEvent(encodeEvent(event))),
  );

  const tree = new RunTree(stream.streamId);
  for (const bytes of kept) tree.apply(decodeEvent(bytes));
  const { rows } = await archive.runSpans(stream, 1_000);
  const expected = [...tree.walk()].map(({ span }) => toSpanRow(tree, span));
  const byId = (a: { spanId: string }, b: { spanId: string }): number =>
    a.spanId < b.spanId ? -1 : 1;
  expect(rows.toSorted(byId)).toEqual(expected.toSorted(byId));
  const msOf = (position = '0-0'): number => Number(position.split('-')[0]);
  expect(await archive.run(stream)).toEqual(
    toRunRow(tree, {
      ended: true,
      firstActivityUs: msOf(positions[0]) * 1_000,
      lastActivityUs: msOf(positions.at(-1)) * 1_000,
      eventCount: events.length,
    }),
  );
}
