import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Blob } from '@spantail/protocol';
import type { Archive } from 'spantail';
import { ARCHIVES } from './archives.ts';
import {
  WHOLE,
  archived,
  blobOf,
  commitOf,
  entriesFrom,
  newTrace,
  runRow,
  spanRow,
  streamOf,
} from './samples.ts';

const QUERY = { project: 'default', sort: 'start', descending: true, limit: 1_000 } as const;
const TEXT = { kind: 'text', phrase: 'findable words' } as const;

/** A finished run with entries, spans and blobs; its trace id. */
async function add(archive: Archive, endUs: number, blobs: Blob[], project = 'default') {
  const trace = newTrace();
  const spans = Array.from({ length: 3 }, () => archived(spanRow(trace), 'findable words'));
  const run = runRow(trace, { endUs });
  const commit = commitOf(trace, entriesFrom(1, 5, 500), { project, blobs, run, spans });
  expect(await archive.commit([commit])).toEqual(['committed']);
  return trace;
}

describe.each(ARCHIVES)('removal from $name', ({ open }) => {
  it('removes a run with everything of it, and the blobs that nobody else needs', async () => {
    const archive = await open();
    const [own, shared, foreign] = [0, 1, 2].map(() => blobOf(randomBytes(5_000))) as [
      Blob,
      Blob,
      Blob,
    ];
    const gone = await add(archive, 5, [own, shared, foreign]);
    const kept = await add(archive, 6, [shared]);
    const elsewhere = await add(archive, 5, [foreign], 'other');
    const before = await archive.size('default');
    const refs = [own.ref, shared.ref, foreign.ref];

    expect(await archive.remove('default', [gone, elsewhere, newTrace()])).toBe(1);
    expect(await archive.run(streamOf(gone))).toBeUndefined();
    expect(await archive.position(streamOf(gone))).toBeUndefined();
    expect(await archive.read(streamOf(gone), WHOLE)).toEqual([]);
    expect(await archive.runSpans(streamOf(gone), 10)).toEqual({ rows: [] });
    const [spans, found] = [
      await archive.spans(QUERY),
      await archive.spans({ ...QUERY, filter: TEXT }),
    ];
    for (const { rows } of [spans, found])
      expect(rows.map(({ traceId }) => traceId)).toEqual([kept, kept, kept]);
    expect((await archive.runs({ ...QUERY, filter: TEXT })).rows).toHaveLength(1);
    expect(await archive.getBlobs('default', refs)).toEqual([undefined, shared.bytes, undefined]);
    expect(await archive.getBlobs('other', [foreign.ref])).toEqual([foreign.bytes]);
    expect(await archive.size('default')).toBeLessThan(before - 8_000);
    expect(await archive.run(streamOf(elsewhere, 'other'))).toBeDefined();

    await archive.remove('default', [kept]);
    expect(await archive.getBlobs('default', refs)).toEqual([undefined, undefined, undefined]);
    expect(await archive.size('default')).toBe(0);
    expect(await archive.projects()).toEqual(['other']);
  });

  it('never removes a run that is not over, or not any more', async () => {
    const archive = await open();
    const [running, again] = [newTrace(), newTrace()];
    const ended = commitOf(again, entriesFrom(1, 1));
    await archive.commit([
      commitOf(running, entriesFrom(1, 1), { ended: false }),
      ended,
      commitOf(again, entriesFrom(2, 1), { expected: ended.position, ended: false }),
    ]);
    expect(await archive.oldest('default', 10)).toEqual([]);
    expect(await archive.remove('default', [running, again])).toBe(0);
    expect(await archive.read(streamOf(again), WHOLE)).toHaveLength(2);
    expect(await archive.read(streamOf(running), WHOLE)).toHaveLength(1);
  });

  it('takes a removed run anew, as if it had never been there', async () => {
    const archive = await open();
    const trace = newTrace();
    const span = spanRow(trace);
    const commit = commitOf(trace, entriesFrom(1, 3), { spans: [archived(span, 'first words')] });
    await archive.commit([commit]);
    await archive.remove('default', [trace]);
    const entries = entriesFrom(1, 1);
    const anew = { spans: [archived(span, 'second words')] };
    expect(await archive.commit([commitOf(trace, entries, anew)])).toEqual(['committed']);
    expect(await archive.read(streamOf(trace), WHOLE)).toEqual(entries);
    const find = async (phrase: string) =>
      (await archive.spans({ ...QUERY, filter: { kind: 'text', phrase } })).rows;
    expect(await find('first words')).toEqual([]);
    expect(await find('second words')).toEqual([span]);
  });

  it('takes commits while it removes many', async () => {
    const archive = await open();
    const blob = blobOf(randomBytes(1_000));
    const old: string[] = [];
    for (let i = 0; i < 30; i++) old.push(await add(archive, i, [blob]));
    const removed = archive.remove('default', old);
    const kept = [await add(archive, 100, [blob]), await add(archive, 101, [blob])];
    expect(await removed).toBe(30);
    const rows = (await archive.spans(QUERY)).rows.map(({ traceId }) => traceId);
    expect(new Set(rows)).toEqual(new Set(kept));
    expect(await archive.getBlobs('default', [blob.ref])).toEqual([blob.bytes]);
  });

  it('names the oldest finished runs with their sizes, up to a time', async () => {
    const archive = await open();
    const none: Blob[] = [];
    const third = await add(archive, 3_000, none);
    const first = await add(archive, 1_000, [blobOf(randomBytes(100_000))]);
    const second = await add(archive, 2_000, none);
    await add(archive, 500, none, 'other');
    const sizes = await archive.oldest('default', 10);
    expect(sizes.map(({ traceId, endUs }) => [traceId, endUs])).toEqual([
      [first, 1_000],
      [second, 2_000],
      [third, 3_000],
    ]);
    expect(sizes[0]?.bytes).toBeGreaterThan(100_000);
    expect(sizes[1]?.bytes).toBeGreaterThan(2_500);
    expect(sizes[1]?.bytes).toBeLessThan(30_000);
    const names = async (limit: number, beforeUs?: number) =>
      (await archive.oldest('default', limit, beforeUs)).map(({ traceId }) => traceId);
    expect(await names(2)).toEqual([first, second]);
    expect(await names(10, 3_000)).toEqual([first, second]);
    expect(await names(10, 1_000)).toEqual([]);
    expect(await archive.projects()).toEqual(['default', 'other']);
    expect(await archive.size('nobody')).toBe(0);
    expect(await archive.remove('nobody', [first])).toBe(0);
  });
});
