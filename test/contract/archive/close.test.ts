import { describe, expect, it } from 'vitest';
import type { Archive } from 'spantail';
import { ARCHIVES } from './archives.ts';
import { WHOLE, commitOf, entriesFrom, newTrace, streamOf } from './samples.ts';

const STORES = ARCHIVES.filter(({ name }) => name !== 'the archive in memory');
const QUERY = { project: 'default', sort: 'start', descending: true, limit: 10 } as const;

/** One call of each method that answers. */
function everyMethod(archive: Archive, trace: string): Record<string, () => Promise<unknown>> {
  const stream = streamOf(trace);
  return {
    commit: () => archive.commit([commitOf(trace, entriesFrom(1, 1))]),
    position: () => archive.position(stream),
    tail: () => archive.tail(stream),
    read: () => archive.read(stream, WHOLE),
    entry: () => archive.entry(stream, '1-0'),
    positionAt: () => archive.positionAt(stream, 1),
    getBlobs: () => archive.getBlobs('default', [new Uint8Array(16)]),
    run: () => archive.run(stream),
    runs: () => archive.runs(QUERY),
    spans: () => archive.spans(QUERY),
    runSpans: () => archive.runSpans(stream, 10),
    path: () => archive.path(stream, '00000000000000aa'),
    stats: () => archive.stats({ project: 'default', limit: 10 }),
    oldest: () => archive.oldest('default', 10),
    remove: () => archive.remove('default', [trace]),
    size: () => archive.size('default'),
    projects: () => archive.projects(),
    probe: () => archive.probe(10_000),
  };
}

describe.each(STORES)('the end of $name', ({ open }) => {
  it('shows by a probe that it works, as often as asked', async () => {
    const archive = await open();
    for (let i = 0; i < 3; i++) expect(await archive.probe(10_000)).toBeGreaterThanOrEqual(0);
    expect(await archive.projects()).toEqual([]);
  });

  it('refuses every call once it is closed, and may be closed twice', async () => {
    const archive = await open();
    const trace = newTrace();
    await archive.commit([commitOf(trace, entriesFrom(1, 1))]);
    await archive.close();
    await archive.close();
    for (const [name, call] of Object.entries(everyMethod(archive, trace)))
      await expect(call(), name).rejects.toMatchObject({
        code: 'ARCHIVE_UNAVAILABLE',
        message: expect.stringContaining('closed'),
      });
  });

  it('answers what it was asked before it was closed, one way or the other', async () => {
    const archive = await open();
    const calls = Object.values(everyMethod(archive, newTrace())).map((call) => call());
    const settled = Promise.allSettled(calls);
    await archive.close();
    for (const result of await settled)
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ code: 'ARCHIVE_UNAVAILABLE' });
  });
});
