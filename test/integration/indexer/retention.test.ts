import { join } from 'node:path';
import { openLog, type Archive, type EventLog } from 'spantail';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Retention, type RetentionLimits } from '../../../server/src/indexer/retention.ts';
import { ARCHIVES, type ArchiveHarness } from '../../contract/archive/archives.ts';
import {
  WHOLE,
  commitOf,
  entriesFrom,
  newTrace,
  runRow,
  streamOf,
} from '../../contract/archive/samples.ts';
import { eventually } from '../../support/eventually.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const NOW_MS = 1_764_000_000_000;
const DAY_MS = 86_400_000;

interface Kept {
  archive: Archive;
  log: EventLog;
  look: (limits: RetentionLimits) => Promise<number>;
  /** Trace ids that are left, the newest first. */
  left: () => Promise<string[]>;
}

async function keep(harness: ArchiveHarness): Promise<Kept> {
  const archive = await harness.open();
  const log = await openLog(undefined, join(temporaryDirectory(), 'log'), 600_000);
  onTestFinished(() => log.close());
  return {
    archive,
    log,
    look: (limits) => new Retention({ archive, log, now: () => NOW_MS, ...limits }).look(),
    left: async () => {
      const query = { project: 'default', sort: 'start', descending: true, limit: 1_000 } as const;
      return (await archive.runs(query)).rows.map(({ traceId }) => traceId);
    },
  };
}

/** A run that ended so many days ago, with so many random bytes of events. */
async function addRun(
  archive: Archive,
  endedDaysAgo: number,
  { bytes = 100, ended = true, project = 'default' } = {},
): Promise<string> {
  const traceId = newTrace();
  const endUs = (NOW_MS - endedDaysAgo * DAY_MS) * 1_000;
  const run = runRow(traceId, {
    startUs: endUs - 1_000_000,
    lastActivityUs: endUs,
    ...(ended ? { endUs } : { status: 'running' as const }),
  });
  const entries = entriesFrom(Math.floor(endUs / 1_000), 1, bytes);
  await archive.commit([commitOf(traceId, entries, { run, ended, project })]);
  return traceId;
}

describe.each(ARCHIVES)('retention in $name', (harness) => {
  it('[RET1] removes runs that ended too long ago, whole, and no others', async () => {
    const { archive, look, left } = await keep(harness);
    const old: string[] = [];
    for (let i = 0; i < 45; i++) old.push(await addRun(archive, 8 + i));
    const recent = await addRun(archive, 6);
    const running = await addRun(archive, 30, { ended: false });
    expect(await look({ maxAgeMs: 7 * DAY_MS })).toBe(45);
    expect(await left()).toEqual([recent, running]);
    for (const traceId of old.slice(0, 3)) {
      expect(await archive.run(streamOf(traceId))).toBeUndefined();
      expect(await archive.read(streamOf(traceId), WHOLE)).toEqual([]);
    }
    expect(await look({ maxAgeMs: 7 * DAY_MS })).toBe(0);
  });

  it('[RET2] removes the oldest runs of a project that is too large, and no more than it takes', async () => {
    const { archive, look, left } = await keep(harness);
    const traceIds: string[] = [];
    for (let i = 0; i < 40; i++) traceIds.push(await addRun(archive, 40 - i, { bytes: 50_000 }));
    const other = await addRun(archive, 99, { project: 'other' });
    const maxBytes = (await archive.size('default')) / 2;
    const removed = await look({ maxBytes });
    expect(await archive.size('default')).toBeLessThanOrEqual(maxBytes);
    expect(removed).toBeGreaterThanOrEqual(19);
    expect(removed).toBeLessThanOrEqual(26);
    expect(await left()).toEqual(traceIds.slice(removed).toReversed());
    expect(await archive.run(streamOf(other, 'other'))).toBeDefined();
    expect(await look({ maxBytes })).toBe(0);
  });

  it('[RET3] lets what it removes leave the hot log, unless the run has gone on', async () => {
    const { archive, log, look } = await keep(harness);
    const append = async (streamId: string, number: number): Promise<string> => {
      const { position } = await log.append({
        ...streamOf(streamId),
        producer: 'p',
        number,
        fin: true,
        events: [Uint8Array.of(1)],
        blobs: [],
        refs: [],
      });
      return position;
    };
    const [over, goesOn] = [newTrace(), newTrace()];
    for (const traceId of [over, goesOn]) {
      const position = await append(traceId, 1);
      const tail = await log.tail(streamOf(traceId));
      const run = runRow(traceId, { endUs: 1_000_000 });
      await archive.commit([
        commitOf(traceId, await log.read(streamOf(traceId), WHOLE), {
          run,
          position: { epoch: tail?.epoch ?? '', position },
        }),
      ]);
    }
    await append(goesOn, 2);
    expect(await look({ maxAgeMs: 1 })).toBe(2);
    await eventually(async () => (await log.tail(streamOf(over))) === undefined, 'it has left');
    expect(await log.read(streamOf(goesOn), WHOLE)).toHaveLength(2);
  });
});
